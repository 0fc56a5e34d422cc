import { CapacityError } from '../errors.ts'

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
 * Lets a bounded number run at once; those that wait take turns by organization, so none starves another: also
 * in a full queue, where the newest of the organization that waits most makes room for one that waits less.
 * Every step costs the same however many wait, but for making room.
 */
export class Admission {
  readonly #options: AdmissionOptions
  // Insertion order is the turn: an organization served goes to the end.
  readonly #queues = new Map<string, Set<Waiter>>()
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
    let state: 'reserved' | 'running' | 'gone' = 'reserved'
    return {
      enter: async (signal) => {
        this.#reserved -= 1
        state = 'gone'
        signal.throwIfAborted()
        if (this.#running < concurrency && this.#waiting === 0) this.#running += 1
        else await this.#wait(organizationId, signal)
        state = 'running'
      },
      leave: () => {
        if (state === 'reserved') this.#reserved -= 1
        if (state === 'running') {
          this.#running -= 1
          this.#admitNext()
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

  #admitNext(): void {
    const next = this.#queues.entries().next()
    if (next.done === true || this.#running >= this.#options.concurrency) return
    const [organizationId, queue] = next.value
    const [waiter] = queue
    if (waiter === undefined) return
    this.#remove(organizationId, waiter)
    if (queue.size > 0) {
      this.#queues.delete(organizationId)
      this.#queues.set(organizationId, queue)
    }
    this.#running += 1
    waiter.admit()
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
