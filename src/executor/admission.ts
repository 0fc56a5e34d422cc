import { CapacityError } from '../errors.ts'

/** ms an organization counts as active after it last asked for a place. */
const ACTIVE_MS = 10_000
/** From this concurrency on, one place is kept free of an organization that asks for more than all of them. */
const RESERVES_FROM = 4

export interface AdmissionOptions {
  /** Executions that run at once. */
  concurrency: number
  /** Executions that may wait. */
  queueLimit: number
  /** ms one may wait. */
  queueTimeoutMs: number
}

interface Waiter {
  admit(): void
  refuse(error: CapacityError): void
}

/** A place among those that run or wait. */
export interface Place {
  /**
   * Resolves when the execution may run; called once at most.
   * @throws {CapacityError} when the wait took longer than allowed, or another organization's turn came in a
   * full queue; rejects with the signal's reason when aborted.
   */
  enter(signal: AbortSignal): Promise<void>
  /** Gives the place up, whether it was entered or not. */
  leave(): void
}

/**
 * Lets a bounded number run at once. No organization holds more than its share: the places divided by the
 * organizations active now. One that is alone and asks for more than all places gets all but one, so that programs
 * that run for minutes do not lock out the next organization. Those that wait take turns by organization; in a full
 * queue the newest of the organization that waits most makes room for one that waits less. A step costs the same
 * however many wait, except making room.
 */
export class Admission {
  readonly #options: AdmissionOptions
  // Insertion order is the turn: an organization served goes to the end.
  readonly #queues = new Map<string, Set<Waiter>>()
  /** Executions of each organization that run now. */
  readonly #held = new Map<string, number>()
  /** When each organization last asked for a place, by the monotonic clock; the least recent first. */
  readonly #active = new Map<string, number>()
  #running = 0
  #waiting = 0
  /** Places given and not yet entered. */
  #reserved = 0

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting
  }

  /** @throws {CapacityError} at once when the queue is full. */
  reserve(organizationId: string): Place {
    const { concurrency, queueLimit } = this.#options
    const taken = this.#running + this.#waiting + this.#reserved
    if (taken >= concurrency + queueLimit) this.#makeRoom(organizationId)
    this.#reserved += 1
    this.#noteActive(organizationId)
    let state: 'reserved' | 'running' | 'gone' = 'reserved'
    return {
      enter: async (signal) => {
        this.#reserved -= 1
        state = 'gone'
        signal.throwIfAborted()
        if (!this.#queues.has(organizationId) && this.#isFree(organizationId)) this.#hold(organizationId)
        else await this.#wait(organizationId, signal)
        state = 'running'
      },
      leave: () => {
        if (state === 'reserved') this.#reserved -= 1
        if (state === 'running') {
          this.#release(organizationId)
          this.#admitWaiting()
        }
        state = 'gone'
      },
    }
  }

  /** @throws {CapacityError} when no organization waits for more than this one would. */
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

  /** Places that one organization may hold now. */
  #share(organizationId: string): number {
    const { concurrency } = this.#options
    if (this.#active.size > 1) return Math.ceil(concurrency / this.#active.size)
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
      settle()
      if (this.#remove(organizationId, waiter)) reject(error)
    }
    const abort = (): void => refuse(signal.reason)
    const timer = setTimeout(() => refuse(waitedTooLong(this.#options)), this.#options.queueTimeoutMs)
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    const waiter: Waiter = {
      admit() {
        settle()
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

  /** Admits those within their share, in turn: an organization that is served goes to the end. */
  #admitWaiting(): void {
    for (const [organizationId, queue] of this.#queues) {
      const [waiter] = queue
      if (waiter === undefined || !this.#isFree(organizationId)) continue
      this.#queues.delete(organizationId)
      queue.delete(waiter)
      this.#waiting -= 1
      // A Map visits what is appended during the iteration, so the turn comes round again.
      if (queue.size > 0) this.#queues.set(organizationId, queue)
      this.#hold(organizationId)
      waiter.admit()
    }
  }
}

function queueFull({ concurrency, queueLimit }: AdmissionOptions): CapacityError {
  return new CapacityError(`${concurrency} executions run and ${queueLimit} wait; the queue is full`, {
    retryAfterMs: 1000,
    hint: 'Try again later, or raise `concurrency` or `queueLimit` of the executor.',
  })
}

function waitedTooLong(options: AdmissionOptions): CapacityError {
  return new CapacityError(
    `no place became free within ${options.queueTimeoutMs} ms (${options.concurrency} run at once)`,
    {
      retryAfterMs: options.queueTimeoutMs,
      hint: 'Try again later, or raise `concurrency` or `queueTimeoutMs` of the executor.',
    },
  )
}
