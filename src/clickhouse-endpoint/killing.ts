/** Stops a statement for certain. */
import { setTimeout as delay } from 'node:timers/promises'

export interface Killing {
  start: () => void
  /** To be called when the statement has ended; resolves when no kill is under way any more. */
  end: () => Promise<void>
}

const AGAIN_MS = 50

/** Kills over and over until the statement has ended: the engine may not have begun it yet, or may be short of memory. */
export function untilEnded(kill: () => Promise<void>): Killing {
  const ended = new AbortController()
  let killing: Promise<void> | null = null
  const killOn = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await kill().catch(() => undefined)
      await delay(AGAIN_MS, undefined, { signal: ended.signal }).catch(() => undefined)
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
