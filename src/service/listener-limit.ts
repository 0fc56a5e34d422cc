import { CapacityError } from '../errors.ts'
import type { Scope } from '../store/scope.ts'

const LISTENERS_MAX = 2_000
const LISTENERS_MAX_PER_TENANT = 500

/** How many may listen to streams of one kind at once. */
export class ListenerLimit {
  readonly #what: string
  readonly #listening = new Map<string, number>()
  #total = 0

  /** @param what they listen to, for the error */
  constructor(what: string) {
    this.#what = what
  }

  /**
   * Counts a listener in; what it returns counts it out, once.
   * @throws {CapacityError} when too many listen
   */
  enter(scope: Scope): () => void {
    const tenant = scope === 'all' ? 'all' : `of ${scope.organizationId}`
    const own = this.#listening.get(tenant) ?? 0
    if (this.#total >= LISTENERS_MAX || own >= LISTENERS_MAX_PER_TENANT) throw this.#tooMany()
    this.#change(tenant, 1)
    let left = false
    return () => {
      if (!left) this.#change(tenant, -1)
      left = true
    }
  }

  #change(tenant: string, by: 1 | -1): void {
    this.#total += by
    const count = (this.#listening.get(tenant) ?? 0) + by
    if (count === 0) this.#listening.delete(tenant)
    else this.#listening.set(tenant, count)
  }

  #tooMany(): CapacityError {
    return new CapacityError(`too many listen to ${this.#what}`, {
      retryAfterMs: 5_000,
      hint: `At most ${LISTENERS_MAX_PER_TENANT} may listen with the keys of one organization, ${LISTENERS_MAX} in all. Close those that are not read.`,
    })
  }
}
