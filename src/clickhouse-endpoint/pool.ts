/** A pool of resources, each used by one caller at a time. */
import { RefusedStatement } from './refusal.ts'

export interface ResourcePool<T> {
  /**
   * Waits for a free resource, first come first served, and runs `work` with it.
   * @throws {RefusedStatement} code 202 when too many callers wait, 394 when `signal` aborts during the wait
   */
  use<R>(work: (resource: T) => Promise<R>, signal?: AbortSignal): Promise<R>
  /** Whether callers wait for a resource. */
  readonly hasWaiting: boolean
}

const MAX_WAITING = 1_000

/** `recycle` gets each resource after use and returns the one to use next; it never rejects. */
export function createPool<T>(
  resources: readonly T[],
  recycle: (used: T) => T | Promise<T> = (used) => used,
): ResourcePool<T> {
  const idle = [...resources]
  const waiting = new Set<(resource: T) => void>()
  const provide = (resource: T): void => {
    const [next] = waiting
    if (next === undefined) idle.push(resource)
    else {
      waiting.delete(next)
      next(resource)
    }
  }
  const acquire = (signal: AbortSignal | undefined): T | Promise<T> => {
    const free = idle.pop()
    if (free !== undefined) return free
    if (waiting.size >= MAX_WAITING)
      throw new RefusedStatement(202, `Too many simultaneous queries: ${MAX_WAITING} wait already`)
    return waitForResource(waiting, signal)
  }
  const release = (used: T): void => {
    const recycled = recycle(used)
    if (recycled instanceof Promise) void recycled.then(provide)
    else provide(recycled)
  }
  return {
    get hasWaiting() {
      return waiting.size > 0
    },
    async use(work, signal) {
      const resource = await acquire(signal)
      try {
        return await work(resource)
      } finally {
        release(resource)
      }
    },
  }
}

function waitForResource<T>(
  waiting: Set<(resource: T) => void>,
  signal: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      waiting.delete(serve)
      reject(new RefusedStatement(394, 'Query was cancelled'))
    }
    const serve = (resource: T): void => {
      signal?.removeEventListener('abort', abort)
      resolve(resource)
    }
    if (signal?.aborted === true) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    waiting.add(serve)
  })
}
