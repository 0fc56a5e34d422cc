/** Kills a statement and retries until it has ended. */
import { setTimeout as delay } from 'node:timers/promises'

export interface Killing {
  start: () => void
  /** To be called when the statement has ended; resolves when no kill is in flight. */
  end: () => Promise<void>
}

const RETRY_MS = 50
const LONGEST_WAIT_MS = 1_000

/** Retries, because the engine may not have started the statement yet or may be short of memory. */
export function killUntilEnded(kill: () => Promise<void>): Killing {
  const ended = new AbortController()
  let killing: Promise<void> | null = null
  const killRepeatedly = async (): Promise<void> => {
    for (let wait = RETRY_MS; !ended.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      await kill().catch(() => undefined)
      await delay(wait, undefined, { signal: ended.signal }).catch(() => undefined)
    }
  }
  return {
    start() {
      killing ??= killRepeatedly()
    },
    async end() {
      ended.abort()
      await killing
    },
  }
}
