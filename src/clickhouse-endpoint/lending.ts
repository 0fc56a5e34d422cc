/** A few things of which each serves one user at a time. */
import { RefusedStatement } from './refusal.ts'

export interface Lending<T> {
  /** Waits for one that is free, in the order of asking. @throws {RefusedStatement} code 202 when too many wait */
  lend<R>(use: (thing: T) => Promise<R>): Promise<R>
}

const MAX_WAITING = 1_000

export function lendOut<T>(things: readonly T[]): Lending<T> {
  const idle = [...things]
  const waiting: ((thing: T) => void)[] = []
  const take = (): T | Promise<T> => {
    const free = idle.pop()
    if (free !== undefined) return free
    if (waiting.length >= MAX_WAITING)
      throw new RefusedStatement(202, `Too many simultaneous queries: ${MAX_WAITING} wait already`)
    return new Promise((resolve) => waiting.push(resolve))
  }
  return {
    async lend(use) {
      const thing = await take()
      try {
        return await use(thing)
      } finally {
        const next = waiting.shift()
        if (next === undefined) idle.push(thing)
        else next(thing)
      }
    },
  }
}
