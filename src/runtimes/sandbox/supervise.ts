/** The whole command of one run: sandbox (or not), supervisor, interpreter. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { sandboxCommand, SANDBOX_PATHS } from './bubblewrap.ts'
import type { Tools } from './footing.ts'
import type { GuestFiles } from './guest-files.ts'

/** What `/out` may give back. */
export const OUT_MAX_FILES = 256
export const OUT_MAX_BYTES = 33_554_432

/** Where one run happens. */
export interface Place {
  isolation: 'namespace' | 'process'
  tools: Tools
  files: GuestFiles
  binds: readonly (readonly [string, string])[]
  network: 'none' | 'host'
  diskBytes: number
  /** Path of the seccomp filter, '' for none. */
  seccomp: string
}

/** The directory of a run without namespaces; inside a sandbox it is always the same. */
export function runDirectory(place: Place): string {
  return place.isolation === 'namespace' ? '/tmp' : join(place.files.runs, randomUUID())
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
    inside ? 'pid1' : 'subreaper',
    process.arch,
    `${directory}/work`,
    `${directory}/out`,
    String(OUT_MAX_FILES),
    String(OUT_MAX_BYTES),
    ...command,
  ]
  if (!inside) return supervisor
  return sandboxCommand(
    {
      bwrap: tools.bwrap ?? 'bwrap',
      guestDir: files.directory,
      binds: place.binds,
      diskBytes: place.diskBytes,
      network: place.network,
      filtered: place.seccomp !== '',
    },
    supervisor,
  )
}
