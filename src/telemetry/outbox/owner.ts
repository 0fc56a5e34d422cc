/** Who writes a directory of the outbox, distinguished across pid reuse, reboots and containers that share the disk. */
import { z } from 'zod'
import { identify, processIdentity, type ProcessIdentity } from '../../process-identity.ts'

/** `owner.json` of a directory. */
export const owner = z.object({
  identity: processIdentity,
  /** OTLP/JSON Resource of all that this process wrote. */
  resource: z.string(),
})

/** An owner that cannot be looked up counts as gone after this long without a heartbeat. */
export const SILENCE_MS = 90_000
export const HEARTBEAT_MS = 5_000

/** This process; a field the host does not provide is ''. */
export function ownIdentity(): ProcessIdentity {
  return identify(process.pid) ?? { bootId: '', pidNamespace: '', pid: process.pid, startTime: '' }
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
