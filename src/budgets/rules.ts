/** The budgets of organizations, kept so that an execution does not wait for Postgres to learn that it has none. */
import { LRUCache } from 'lru-cache'
import { isExectrailError } from '../errors.ts'
import type { Budget } from '../metadata/budgets.ts'

interface Known {
  budgets: readonly Budget[]
  /** ms of `performance.now()` */
  readAt: number
}

const KNOWN_MAX = 10_000
/** From this age on they are read again beside their use. */
const FRESH_MS = 500
/** From this age on their use waits, so that a new budget holds within a second. */
const STALE_MS = 900

export class BudgetRules {
  readonly #read: (organizationId: string) => Promise<readonly Budget[]>
  readonly #known = new LRUCache<string, Known>({ max: KNOWN_MAX })
  readonly #reading = new Map<string, Promise<readonly Budget[]>>()

  constructor(read: (organizationId: string) => Promise<readonly Budget[]>) {
    this.#read = read
  }

  /**
   * Those of an organization, at most a second old. While Postgres does not answer they stay as they were known last.
   * @throws {MetadataError} when it does not answer and they were never known
   */
  of(organizationId: string): readonly Budget[] | Promise<readonly Budget[]> {
    const known = this.#known.get(organizationId)
    const age = known === undefined ? Infinity : performance.now() - known.readAt
    if (known === undefined || age >= STALE_MS) return this.#readOnce(organizationId)
    if (age >= FRESH_MS) void this.#readOnce(organizationId).catch(() => undefined)
    return known.budgets
  }

  #readOnce(organizationId: string): Promise<readonly Budget[]> {
    const running = this.#reading.get(organizationId)
    if (running !== undefined) return running
    const work = this.#readNow(organizationId).finally(() => this.#reading.delete(organizationId))
    this.#reading.set(organizationId, work)
    return work
  }

  async #readNow(organizationId: string): Promise<readonly Budget[]> {
    const readAt = performance.now()
    const budgets = await this.#read(organizationId).catch((error: unknown) => {
      const known = this.#known.get(organizationId)
      if (known === undefined || !isExectrailError(error)) throw error
      return known.budgets
    })
    this.#known.set(organizationId, { budgets, readAt })
    return budgets
  }
}
