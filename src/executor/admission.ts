import type { CapacityError } from '../errors.ts'
import { organizationFull, queueFull, waitedTooLong } from './capacity-errors.ts'
import { RateLimit, type Rate } from './rate-limit.ts'

/** ms that an organization counts as active after its last request for a permit. */
const ACTIVE_MS = 10_000
/** From this concurrency on, a single active organization leaves one permit free. */
const RESERVES_FROM = 4

/** Bounds on each organization; null is no bound of its own. */
export interface OrganizationLimits {
  /** Executions that run at once. */
  concurrency: number | null
  /** Executions that may wait. */
  queueLimit: number | null
  /** Executions that begin. */
  rate: Rate | null
}

export interface AdmissionOptions {
  /** Executions that run at once. */
  concurrency: number
  /** Executions that may wait. */
  queueLimit: number
  /** ms that one execution may wait. */
  queueTimeoutMs: number
  perOrganization?: OrganizationLimits
}

const UNLIMITED: OrganizationLimits = { concurrency: null, queueLimit: null, rate: null }

interface Waiter {
  admit(): void
  refuse(error: CapacityError): void
}

/** The right to run one execution. */
export interface Permit {
  /**
   * Resolves when the execution may run; to be called at most once.
   * @throws {CapacityError} when the wait is too long, or a full queue makes room for another organization. Rejects with
   * the signal's reason when aborted.
   */
  acquire(signal: AbortSignal): Promise<void>
  /** Frees the permit, acquired or not. */
  release(): void
}

/**
 * Limits how many executions run at once. An organization holds at most its share: the permits divided by the number
 * of active organizations. A single organization with a queue gets all permits but one, so that programs
 * that run for minutes do not lock out the next organization. The queue is round-robin by organization. When it is
 * full, the newest execution of the organization with the longest queue is rejected in favour of an organization with
 * a shorter one. Every step takes constant time, except this rejection.
 */
export class Admission {
  readonly #options: AdmissionOptions
  // In the order of turns: an organization that is served moves to the end.
  readonly #queues = new Map<string, Set<Waiter>>()
  /** Executions of each organization that run now. */
  readonly #held = new Map<string, number>()
  /** When each organization last requested a permit, by the monotonic clock; the least recent first. */
  readonly #active = new Map<string, number>()
  #running = 0
  #waiting = 0
  /** Permits that are reserved but not yet acquired, in all and by organization. */
  #reserved = 0
  readonly #reservedOf = new Map<string, number>()
  readonly #limits: OrganizationLimits
  readonly #rate: RateLimit | null

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#limits = options.perOrganization ?? UNLIMITED
    this.#rate = this.#limits.rate === null ? null : new RateLimit(this.#limits.rate)
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting
  }

  /** @throws {ExectrailError} at once: `capacity` when a queue is full, `rate_limited` when too many began. */
  reserve(organizationId: string): Permit {
    this.#rejectOverLimits(organizationId)
    const { concurrency, queueLimit } = this.#options
    const taken = this.#running + this.#waiting + this.#reserved
    if (taken >= concurrency + queueLimit) this.#makeRoom(organizationId)
    this.#countReserved(organizationId, 1)
    this.#noteActive(organizationId)
    let state: 'reserved' | 'running' | 'released' = 'reserved'
    return {
      acquire: async (signal) => {
        this.#countReserved(organizationId, -1)
        state = 'released'
        signal.throwIfAborted()
        if (!this.#queues.has(organizationId) && this.#isFree(organizationId)) this.#hold(organizationId)
        else await this.#wait(organizationId, signal)
        state = 'running'
      },
      release: () => {
        if (state === 'reserved') this.#countReserved(organizationId, -1)
        if (state === 'running') {
          this.#release(organizationId)
          this.#admitWaiting()
        }
        state = 'released'
      },
    }
  }

  #countReserved(organizationId: string, change: 1 | -1): void {
    this.#reserved += change
    if (this.#limits.queueLimit === null) return
    const count = (this.#reservedOf.get(organizationId) ?? 0) + change
    if (count > 0) this.#reservedOf.set(organizationId, count)
    else this.#reservedOf.delete(organizationId)
  }

  #rejectOverLimits(organizationId: string): void {
    const { queueLimit } = this.#limits
    if (queueLimit !== null) {
      const held = this.#held.get(organizationId) ?? 0
      const waiting = this.#queues.get(organizationId)?.size ?? 0
      const coming = waiting + (this.#reservedOf.get(organizationId) ?? 0)
      const free = Math.min(this.#share(organizationId) - held, this.#options.concurrency - this.#running)
      if (coming >= Math.max(0, free) + queueLimit) throw organizationFull(held, queueLimit)
    }
    this.#rate?.take(organizationId)
  }

  /** @throws {CapacityError} when no organization has a longer queue than this one would have. */
  #makeRoom(organizationId: string): void {
    const own = this.#queues.get(organizationId)?.size ?? 0
    let longest: Set<Waiter> | undefined
    for (const queue of this.#queues.values()) if (queue.size > (longest?.size ?? own + 1)) longest = queue
    const newest = longest === undefined ? undefined : [...longest].at(-1)
    const full = queueFull(this.#options)
    if (newest === undefined) throw full
    newest.refuse(full)
  }

  #noteActive(organizationId: string): void {
    const now = performance.now()
    this.#active.delete(organizationId)
    this.#active.set(organizationId, now)
    for (const [organization, at] of this.#active) {
      if (now - at <= ACTIVE_MS) break
      if (!this.#held.has(organization) && !this.#queues.has(organization)) this.#active.delete(organization)
    }
  }

  #isFree(organizationId: string): boolean {
    const { concurrency } = this.#options
    return this.#running < concurrency && (this.#held.get(organizationId) ?? 0) < this.#share(organizationId)
  }

  /** Permits that one organization may hold now. */
  #share(organizationId: string): number {
    const { concurrency } = this.#options
    const most = this.#limits.concurrency ?? concurrency
    if (this.#active.size > 1) return Math.min(most, Math.ceil(concurrency / this.#active.size))
    if (most < concurrency) return most
    return concurrency >= RESERVES_FROM && this.#queues.has(organizationId) ? concurrency - 1 : concurrency
  }

  #hold(organizationId: string): void {
    this.#running += 1
    this.#held.set(organizationId, (this.#held.get(organizationId) ?? 0) + 1)
  }

  #release(organizationId: string): void {
    this.#running -= 1
    const held = (this.#held.get(organizationId) ?? 1) - 1
    if (held > 0) this.#held.set(organizationId, held)
    else this.#held.delete(organizationId)
  }

  #wait(organizationId: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const refuse = (error: unknown): void => {
      stopWaiting()
      if (this.#remove(organizationId, waiter)) reject(error)
    }
    const abort = (): void => refuse(signal.reason)
    const timer = setTimeout(() => refuse(waitedTooLong(this.#options)), this.#options.queueTimeoutMs)
    const stopWaiting = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    const waiter: Waiter = {
      admit() {
        stopWaiting()
        resolve()
      },
      refuse,
    }
    signal.addEventListener('abort', abort, { once: true })
    const queue = this.#queues.get(organizationId) ?? new Set<Waiter>()
    this.#queues.set(organizationId, queue.add(waiter))
    this.#waiting += 1
    return promise
  }

  #remove(organizationId: string, waiter: Waiter): boolean {
    const queue = this.#queues.get(organizationId)
    if (queue === undefined || !queue.delete(waiter)) return false
    this.#waiting -= 1
    if (queue.size === 0) this.#queues.delete(organizationId)
    return true
  }

  /** Admits waiting executions in turn, within the share of each organization. */
  #admitWaiting(): void {
    for (const [organizationId, queue] of this.#queues) {
      const [waiter] = queue
      if (waiter === undefined || !this.#isFree(organizationId)) continue
      this.#queues.delete(organizationId)
      queue.delete(waiter)
      this.#waiting -= 1
      // The iteration also visits what is appended to the Map meanwhile, so the organization gets further turns.
      if (queue.size > 0) this.#queues.set(organizationId, queue)
      this.#hold(organizationId)
      waiter.admit()
    }
  }
}
