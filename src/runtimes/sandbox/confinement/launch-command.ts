/** The whole command of one run: sandbox (or not), supervisor, interpreter. */
import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import { EGRESS_PORT, sandboxCommand, SANDBOX_PATHS, type SandboxNetwork } from './bubblewrap.ts'
import type { Tools } from '../host-support.ts'
import type { GuestFiles } from '../guest-files.ts'
import type { Forker, Launch } from '../slots/slot.ts'

/** What `/out` may give back. */
export const OUT_MAX_FILES = 256
export const OUT_MAX_BYTES = 33_554_432

/** Where one run happens. */
export interface Place {
  isolation: 'namespace' | 'process'
  tools: Tools
  files: GuestFiles
  binds: readonly (readonly [string, string])[]
  network: SandboxNetwork
  diskBytes: number
  /** Processors that programs may count; null for all there are. */
  cpus: number | null
  /** Path of the seccomp filter, '' for none. */
  seccomp: string
}

/** The directory of a run without namespaces; inside a sandbox it is always the same. */
export function runDirectory(place: Place): string {
  return place.isolation === 'namespace' ? '/tmp' : join(place.files.runs, randomUUID())
}

/** How a run of `command` is started, by a fork server where the place allows one. */
export function planLaunch(place: Place, command: readonly string[], directory: string): Launch {
  return {
    command: supervise(place, command, directory),
    seccomp: place.seccomp,
    fork: canFork(place) ? [String(place.diskBytes), ...supervisorWords(place, command, directory)] : [],
  }
}

/**
 * The fork server for runs at `place`: `interpreter` with its program, or perl's, which starts the interpreter
 * anew for each. Null where each run has to start from nothing.
 */
export function planForker(place: Place, interpreter: readonly string[] | null): Forker | null {
  if (!canFork(place)) return null
  const filter = place.seccomp === '' ? '' : `${SANDBOX_PATHS.guest}/${basename(place.seccomp)}`
  const program = interpreter ?? [place.tools.perl ?? 'perl', `${SANDBOX_PATHS.guest}/forker.pl`]
  return {
    key: JSON.stringify([program, place.binds]),
    command: wrap(place, [...program, SANDBOX_PATHS.guest, process.arch, filter], 'forks'),
  }
}

/** Neither a network of the host's own nor a way out can be given to a child of one that has none. */
function canFork(place: Place): boolean {
  return place.isolation === 'namespace' && place.network === 'none'
}

/** Puts the supervisor, and the sandbox where there is one, around `command`. */
export function supervise(
  place: Place,
  command: readonly string[],
  directory: string = runDirectory(place),
): string[] {
  const { isolation, tools, files } = place
  const inside = isolation === 'namespace'
  const supervisor = [
    tools.perl ?? 'perl',
    `${inside ? SANDBOX_PATHS.guest : files.directory}/supervisor.pl`,
    ...supervisorWords(place, command, directory),
  ]
  return inside ? wrap(place, supervisor, 'run') : supervisor
}

function supervisorWords(place: Place, command: readonly string[], directory: string): string[] {
  return [
    place.isolation === 'namespace' ? 'pid1' : 'subreaper',
    process.arch,
    `${directory}/work`,
    `${directory}/out`,
    String(OUT_MAX_FILES),
    String(OUT_MAX_BYTES),
    ...egressWords(place),
    ...command,
  ]
}

/** What stands before the interpreter where the network is a proxy: it carries the sandbox's loopback there. */
function egressWords({ network, tools }: Place): string[] {
  if (typeof network !== 'object') return []
  const program = `${SANDBOX_PATHS.guest}/forwarder.pl`
  return [tools.perl ?? 'perl', program, SANDBOX_PATHS.egress, String(EGRESS_PORT)]
}

/** A fork server takes no filter itself: it mounts, and each of its children loads the filter. */
function wrap(place: Place, command: readonly string[], purpose: 'run' | 'forks'): string[] {
  return sandboxCommand(
    {
      bwrap: place.tools.bwrap ?? 'bwrap',
      guestDir: place.files.directory,
      binds: place.binds,
      diskBytes: place.diskBytes,
      network: place.network,
      cpus: place.cpus,
      filtered: purpose === 'run' && place.seccomp !== '',
      purpose,
    },
    command,
  )
}
