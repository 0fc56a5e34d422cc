/** How long the sender waits before its next attempt: exponential backoff with jitter, and the receiver's Retry-After. */
import { DeliveryError } from './transport.ts'

const MIN_MS = 200
const MAX_MS = 15_000
/** A longer Retry-After is cut to this. */
const RETRY_AFTER_MAX_MS = 600_000

export class Backoff {
  #delayMs = 0
  /** End of the Retry-After, on the monotonic clock. */
  #retryAfterAt = 0

  /** ms to wait from now, at least `leastMs`. */
  waitMs(leastMs: number): number {
    return Math.max(leastMs, this.#delayMs, this.#retryAfterAt - performance.now())
  }

  /** The receiver asked for a pause that is not over. */
  get isPaused(): boolean {
    return performance.now() < this.#retryAfterAt
  }

  /** After an attempt that did not fail: the next one may come in `delayMs`. */
  reset(delayMs: number): void {
    this.#delayMs = delayMs
  }

  fail(error: unknown): void {
    const base = Math.min(MAX_MS, Math.max(MIN_MS, this.#delayMs * 2))
    this.#delayMs = base * (0.8 + Math.random() * 0.4)
    const askedMs = error instanceof DeliveryError ? error.retryAfterMs : null
    if (askedMs !== null) this.#retryAfterAt = performance.now() + Math.min(askedMs, RETRY_AFTER_MAX_MS)
  }
}
