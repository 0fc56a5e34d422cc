import { createHash } from 'node:crypto'
import { ExectrailError } from '../errors.ts'
import type { ExecutionResult } from '../execution.ts'
import type { SettledRequest } from './settle.ts'

const KEPT_MS = 3_600_000
const KEPT_COUNT = 10_000

interface Kept {
  requestSha256: string
  work: Promise<ExecutionResult>
  keptAt: number
}

/** Runs a request with an idempotency key once per organization; the same key again gets the same result. */
export interface Idempotency {
  /** @throws {ExectrailError} `conflict` when the key came with another request before. */
  once(settled: SettledRequest, run: () => Promise<ExecutionResult>): Promise<ExecutionResult>
}

/** Remembers keys in this process for an hour, the newest 10,000 of them. */
export function createIdempotency(): Idempotency {
  const kept = new Map<string, Kept>()

  const forgetOld = (now: number): void => {
    for (const [key, entry] of kept) {
      if (now - entry.keptAt < KEPT_MS && kept.size < KEPT_COUNT) return
      kept.delete(key)
    }
  }
  return {
    once(settled, run) {
      const { idempotencyKey } = settled.body
      if (idempotencyKey === undefined) return run()
      const key = JSON.stringify([settled.context.organizationId, idempotencyKey])
      const requestSha256 = createHash('sha256').update(JSON.stringify(settled.body)).digest('hex')
      const now = performance.now()
      forgetOld(now)
      const before = kept.get(key)
      if (before !== undefined && before.requestSha256 === requestSha256) return before.work
      if (before !== undefined) {
        const hint = 'Use a new key for a new request.'
        throw new ExectrailError(
          'conflict',
          `idempotency key ${JSON.stringify(idempotencyKey)} was used with another request`,
          { hint },
        )
      }
      const work = run()
      kept.set(key, { requestSha256, work, keptAt: now })
      // An execution that was refused may be tried again with its key.
      work.catch(() => kept.delete(key))
      return work
    },
  }
}
