/** A claim on notifications that lasts while they are sent, so that no other process sends the same. */
import { renewClaims, type StoredNotification } from '../metadata/alert-notifications.ts'
import type { Queries } from '../metadata/database.ts'

/** A claim is renewed when so much of it is used. */
const USED = 0.25

export class Claim {
  readonly #queries: Queries
  readonly #seconds: number
  /** Those that this process has still to send. */
  #open: readonly StoredNotification[]
  #renewedAt = performance.now()
  readonly #renewing: NodeJS.Timeout

  /** @param claimed just now, for so many seconds */
  constructor(queries: Queries, claimed: readonly StoredNotification[], seconds: number) {
    this.#queries = queries
    this.#seconds = seconds
    this.#open = claimed
    // Where Postgres is away the claim ends in time; what was not sent by then is not.
    this.#renewing = setInterval(() => void this.#renew().catch(() => undefined), this.#renewMs).unref()
  }

  /** True for what may be sent now. @throws {MetadataError} when the claim has grown old and Postgres does not answer */
  async covers({ id }: StoredNotification): Promise<boolean> {
    // A process that was suspended comes back to what others have sent.
    if (performance.now() - this.#renewedAt > 2 * this.#renewMs) await this.#renew()
    return this.#open.some((one) => one.id === id)
  }

  /** It is settled. */
  remove({ id }: StoredNotification): void {
    this.#open = this.#open.filter((one) => one.id !== id)
  }

  close(): void {
    clearInterval(this.#renewing)
  }

  get #renewMs(): number {
    return this.#seconds * 1000 * USED
  }

  async #renew(): Promise<void> {
    const at = performance.now()
    const kept = await renewClaims(this.#queries, this.#open, this.#seconds)
    this.#renewedAt = at
    this.#open = this.#open.filter(({ id }) => kept.has(id))
  }
}
