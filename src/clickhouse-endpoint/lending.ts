/** A few things of which each serves one user at a time. */
import { RefusedStatement } from './refusal.ts'

export interface Lending<T> {
  /**
   * Waits for one that is free, in the order of asking.
   * @throws {RefusedStatement} code 202 when too many wait, 394 when `signal` aborts while this one waits
   */
  lend<R>(use: (thing: T) => Promise<R>, signal?: AbortSignal): Promise<R>
}

const MAX_WAITING = 1_000

/** `settle` sees each thing after its use and gives what is lent next in its place; it never rejects. */
export function lendOut<T>(
  things: readonly T[],
  settle: (used: T) => T | Promise<T> = (used) => used,
): Lending<T> {
  const idle = [...things]
  const waiting = new Set<(thing: T) => void>()
  const give = (thing: T): void => {
    const [next] = waiting
    if (next === undefined) idle.push(thing)
    else {
      waiting.delete(next)
      next(thing)
    }
  }
  const take = (signal: AbortSignal | undefined): T | Promise<T> => {
    const free = idle.pop()
    if (free !== undefined) return free
    if (waiting.size >= MAX_WAITING)
      throw new RefusedStatement(202, `Too many simultaneous queries: ${MAX_WAITING} wait already`)
    return waitIn(waiting, signal)
  }
  const putBack = (used: T): void => {
    const settled = settle(used)
    if (settled instanceof Promise) void settled.then(give)
    else give(settled)
  }
  return {
    async lend(use, signal) {
      const thing = await take(signal)
      try {
        return await use(thing)
      } finally {
        putBack(thing)
      }
    },
  }
}

function waitIn<T>(waiting: Set<(thing: T) => void>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(serve)
      reject(new RefusedStatement(394, 'Query was cancelled'))
    }
    const serve = (thing: T): void => {
      signal?.removeEventListener('abort', leave)
      resolve(thing)
    }
    if (signal?.aborted === true) return leave()
    signal?.addEventListener('abort', leave, { once: true })
    waiting.add(serve)
  })
}
