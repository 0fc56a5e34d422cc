/** The processes below one, and which of them are left once it is gone. */
import { readdirSync, readFileSync } from 'node:fs'
import { waitFor } from '../support/wait.ts'

interface Member {
  pid: number
  parent: number
  /** Clock ticks after boot; a pid used again has another. */
  startedAt: string
  command: string
}

function allProcesses(): Member[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [state, parent = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        if (state === 'Z' || state === 'X') return []
        return [{ pid: Number(name), parent: Number(parent), startedAt: rest[17] ?? '', command }]
      } catch {
        return [] // gone while we looked
      }
    })
}

/** Every living descendant of `pid`, without itself. */
export function familyOf(pid: number): Member[] {
  return descend(new Set([pid])).filter((member) => member.pid !== pid)
}

function descend(pids: Set<number>): Member[] {
  const all = allProcesses()
  for (let grown = true; grown;) {
    const before = pids.size
    for (const { pid, parent } of all) if (pids.has(parent)) pids.add(pid)
    grown = pids.size > before
  }
  return all.filter(({ pid }) => pids.has(pid))
}

/** Waits up to 10 s for a family, and what it begets meanwhile, to be gone; the commands of those that stay. */
export async function remaining(family: readonly Member[]): Promise<string[]> {
  const known = new Map(family.map((member) => [member.pid, member.startedAt]))
  const alive = (): Member[] => {
    const found = descend(new Set(known.keys())).filter(
      ({ pid, startedAt }) => (known.get(pid) ?? startedAt) === startedAt,
    )
    for (const { pid, startedAt } of found) known.set(pid, startedAt)
    return found
  }
  await waitFor(() => alive().length === 0, { what: 'the sandboxes to end' }).catch(() => undefined)
  return alive().map(({ pid, command }) => `${pid} ${command}`)
}
