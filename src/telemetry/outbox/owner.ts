/** Who writes a directory of the outbox, distinguished across pid reuse, reboots and containers that share the disk. */
import { readFileSync, readlinkSync } from 'node:fs'
import { z } from 'zod'

const identity = z.object({
  /** Changes at every boot. */
  bootId: z.string(),
  /** The pid is valid in this namespace alone. */
  pidNamespace: z.string(),
  pid: z.number(),
  /** Clock ticks after boot; a reused pid has another. */
  startTime: z.string(),
})

/** `owner.json` of a directory. */
export const owner = z.object({
  identity,
  /** OTLP/JSON Resource of all that this process wrote. */
  resource: z.string(),
})
type Identity = z.infer<typeof identity>

/** An owner that cannot be looked up counts as gone after this long without a heartbeat. */
export const SILENCE_MS = 90_000
export const HEARTBEAT_MS = 5_000

/** This process; a field the host does not provide is ''. */
export function ownIdentity(): Identity {
  return {
    bootId: readOr('/proc/sys/kernel/random/boot_id'),
    pidNamespace: linkOr('/proc/self/ns/pid'),
    pid: process.pid,
    startTime: startTimeOf('self') ?? '',
  }
}

/**
 * Whether an owner is alive. 'unknown' for one of another machine, boot or container, of which only the heartbeat can
 * be seen.
 */
export function livenessOf(found: Identity): 'alive' | 'dead' | 'unknown' {
  const self = ownIdentity()
  const sameHost = found.bootId !== '' && found.bootId === self.bootId
  if (!sameHost || found.pidNamespace !== self.pidNamespace || self.startTime === '') return 'unknown'
  return startTimeOf(String(found.pid)) === found.startTime ? 'alive' : 'dead'
}

/**
 * Watches heartbeats on this process's own monotonic clock: one that has not changed for `silenceMs` while watched is
 * silent. Wall clocks of two machines, or of one that was stepped, cannot be compared.
 */
export class SilenceWatch {
  readonly #seen = new Map<string, { heartbeatMs: number; since: number }>()
  readonly #silenceMs: number

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs
  }

  isSilent(name: string, heartbeatMs: number): boolean {
    const seen = this.#seen.get(name)
    if (seen?.heartbeatMs !== heartbeatMs) {
      this.#seen.set(name, { heartbeatMs, since: performance.now() })
      return false
    }
    return performance.now() - seen.since >= this.#silenceMs
  }

  /** Forgets all but these. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name)
  }
}

/** Field 22 of /proc/pid/stat; the name before it may hold anything, so count from the last ')'. A zombie is gone. */
function startTimeOf(pid: string): string | null {
  const stat = readOr(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' || fields[0] === 'Z' ? null : (fields[19] ?? null)
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
