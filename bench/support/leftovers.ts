/** What runs could leave behind on this machine, by what the kernel says now. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'

export interface Leftovers {
  /** Processes below this one. */
  processes: number
  /** Of them, the ones that no parent has reaped. */
  zombies: number
  /** Of anything below the temporary directory. */
  mounts: number
  controlGroups: number
  /** What this process has open, by what the kernel calls it. */
  descriptors: readonly string[]
  /** Entries of the temporary directory. */
  files: number
}

/** Counts them. */
export function countLeftovers(): Leftovers {
  const states = descendantStates()
  return {
    processes: states.length,
    zombies: states.filter((state) => state === 'Z').length,
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(tmpdir())).length,
    controlGroups: countGroups(),
    descriptors: openDescriptors(),
    files: readdirSync(tmpdir()).filter((name) => name.startsWith('exectrail-')).length,
  }
}

function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // the one this very look had open
    }
  })
}

function descendantStates(): string[] {
  const parents = new Map<number, { parent: number; state: string }>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = readOr(`/proc/${name}/stat`, '')
    const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (stat !== '') parents.set(Number(name), { parent: Number(parent), state })
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent ?? 0
    return parent === process.pid || (parent > 1 && isBelow(parent))
  }
  return [...parents].filter(([pid]) => isBelow(pid)).map(([, { state }]) => state)
}

/** Of our own launchers and of others; a machine at rest has none. */
function countGroups(): number {
  const roots = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, where = '']) => where)
  const own = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[2] ?? '')
  const places = new Set(
    roots.flatMap((root) => ['', ...own].map((path) => `${root}${path}`.replace(/\/$/, ''))),
  )
  return [...places].reduce((sum, place) => sum + groupsIn(place), 0)
}

function groupsIn(place: string): number {
  try {
    return readdirSync(place).filter((name) => name.startsWith('exectrail-')).length
  } catch {
    return 0 // this process has no group under that root
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise // gone while we looked
  }
}
