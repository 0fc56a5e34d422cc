/** Stops a statement for certain. */
import { setTimeout as delay } from 'node:timers/promises'

export interface Killing {
  start: () => void
  /** To be called when the statement has ended; resolves when no kill is under way any more. */
  end: () => Promise<void>
}

const AGAIN_MS = 50
const LONGEST_WAIT_MS = 1_000

/** Kills over and over until the statement has ended: the engine may not have begun it yet, or may be short of memory. */
export function untilEnded(kill: () => Promise<void>): Killing {
  const ended = new AbortController()
  let killing: Promise<void> | null = null
  const killOn = async (): Promise<void> => {
    for (let wait = AGAIN_MS; !ended.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      await kill().catch(() => undefined)
      await delay(wait, undefined, { signal: ended.signal }).catch(() => undefined)
    }
  }
  return {
    start() {
      killing ??= killOn()
    },
    async end() {
      ended.abort()
      await killing
    },
  }
}
