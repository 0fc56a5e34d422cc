import { ExectrailError } from '../errors.ts'

/** So many at once, and so many again in each period. */
export interface Rate {
  count: number
  perMs: number
}

interface Bucket {
  tokens: number
  /** When the tokens were counted, by the monotonic clock. */
  at: number
}

/** Bounds how many executions each organization begins over time. */
export class RateLimit {
  readonly #rate: Rate
  /** The one asked for the longest time ago first; one without a bucket has all its tokens. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** @throws {ExectrailError} `rate_limited`, with the time until the next one may begin */
  take(organizationId: string, now = performance.now()): void {
    const { count, perMs } = this.#rate
    const tokens = this.#tokensOf(organizationId, now)
    if (tokens < 1) {
      throw new ExectrailError(
        'rate_limited',
        `this organization may begin ${count} executions in ${perMs / 1000} s`,
        {
          retryAfterMs: ((1 - tokens) * perMs) / count,
          hint: 'Wait as long as Retry-After says, or raise EXECTRAIL_ORG_RATE of the service.',
        },
      )
    }
    this.#buckets.delete(organizationId)
    this.#buckets.set(organizationId, { tokens: tokens - 1, at: now })
    this.#forgetFull(now)
  }

  #tokensOf(organizationId: string, now: number): number {
    const { count, perMs } = this.#rate
    const bucket = this.#buckets.get(organizationId)
    return bucket === undefined ? count : Math.min(count, bucket.tokens + ((now - bucket.at) * count) / perMs)
  }

  #forgetFull(now: number): void {
    for (const [organizationId, { at }] of this.#buckets) {
      if (now - at < this.#rate.perMs) return
      this.#buckets.delete(organizationId)
    }
  }
}
