/** Gives up a statement that goes on past its end: one call of a function over a large block cannot be interrupted. */
import { setTimeout as delay } from 'node:timers/promises'
import { RefusedStatement } from './refusal.ts'

export interface Watchdog {
  readonly hasGivenUp: boolean
  /** Says that the statement is to end now. */
  end: () => void
  /** @throws {RefusedStatement} code 159 or 394 when `statement` goes on though its end is `GRACE_MS` ago */
  watch<T>(statement: Promise<T>): Promise<T>
}

/** How long the engine may take to stop a statement. */
const GRACE_MS = 5_000

/** Watches one statement; `limitSeconds` is its time limit, 0 for none. */
export function openWatchdog(limitSeconds: number): Watchdog {
  const given = Promise.withResolvers<never>()
  const over = new AbortController()
  let hasGivenUp = false
  const giveUp = async (waitMs: number, code: number, words: string): Promise<void> => {
    await delay(waitMs, undefined, { ref: false, signal: over.signal })
    hasGivenUp = true
    given.reject(new RefusedStatement(code, words))
  }
  const plan = (...planned: Parameters<typeof giveUp>): void =>
    void giveUp(...planned).catch(() => 'the statement has ended')
  return {
    get hasGivenUp() {
      return hasGivenUp
    },
    end: () => plan(GRACE_MS, 394, 'Query was cancelled'),
    async watch(statement) {
      if (limitSeconds > 0)
        plan(limitSeconds * 1_000 + GRACE_MS, 159, `Timeout exceeded: maximum: ${limitSeconds * 1_000} ms`)
      try {
        return await Promise.race([statement, given.promise])
      } finally {
        over.abort()
      }
    },
  }
}
