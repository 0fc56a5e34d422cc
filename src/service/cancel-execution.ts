import { ExectrailError } from '../errors.ts'
import type { Executor } from '../executor/executor.ts'
import type { Store } from '../store/client.ts'
import { getExecution as queryExecution } from '../store/queries/get-execution.ts'
import type { Scope } from '../store/scope.ts'
import { noSuchExecution } from './get-execution.ts'
import { findElsewhere } from './list-running.ts'
import { findLive } from './live-execution.ts'

/** What became of a cancellation. */
export interface Cancellation {
  executionId: string
  status: 'cancelling' | 'cancelled'
}

interface CancelParts {
  store: Store
  scope: Scope
  executor: Pick<Executor, 'executions' | 'peers' | 'status'>
}

/**
 * Ends an execution of this process, queued or running. Asked again, it says the same.
 * @throws {ExectrailError} `conflict` when it ended in another way, `not_found` when the scope has no such execution
 */
export async function cancelExecution(parts: CancelParts, executionId: string): Promise<Cancellation> {
  const { store, scope, executor } = parts
  const live = findLive(executor, scope, executionId)
  if (live !== null && live.ended === null) {
    live.cancel()
    return { executionId, status: 'cancelling' }
  }
  const record = live?.ended?.recorded ?? (await queryExecution(store, scope, executionId))
  if (record === null) throw (await runsElsewhere(parts, executionId)) ?? noSuchExecution()
  const { outcome, timestamp } = record
  if (outcome === 'cancelled') return { executionId, status: 'cancelled' }
  throw new ExectrailError('conflict', `it ended at ${timestamp} with outcome ${outcome}`, {
    hint: 'Only an execution that waits or runs can be cancelled.',
  })
}

async function runsElsewhere(parts: CancelParts, executionId: string): Promise<ExectrailError | null> {
  const found = await findElsewhere(parts, executionId)
  if (found === null) return null
  return new ExectrailError('conflict', `it runs in another executor, ${found.executorId}`, {
    hint: 'Abort the `signal` of its request there, or interrupt that process.',
  })
}
