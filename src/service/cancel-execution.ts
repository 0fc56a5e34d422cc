import { ExectrailError } from '../errors.ts'
import type { Executor } from '../executor/executor.ts'
import type { Store } from '../store/client.ts'
import type { Scope } from '../store/scope.ts'
import { getExecution } from './get-execution.ts'
import { findLive } from './live-execution.ts'

/** What became of a cancellation. */
export interface Cancellation {
  executionId: string
  status: 'cancelling' | 'cancelled'
}

/**
 * Ends an execution of this process, queued or running. Asked again, it says the same.
 * @throws {ExectrailError} `conflict` when it ended in another way, `not_found` when the scope has no such execution
 */
export async function cancelExecution(
  { store, scope, executor }: { store: Store; scope: Scope; executor: Pick<Executor, 'executions'> },
  executionId: string,
): Promise<Cancellation> {
  const live = findLive(executor, scope, executionId)
  if (live !== null && live.ended === null) {
    live.cancel()
    return { executionId, status: 'cancelling' }
  }
  const { outcome, timestamp } = live?.ended?.recorded ?? (await getExecution({ store, scope }, executionId))
  if (outcome === 'cancelled') return { executionId, status: 'cancelled' }
  throw new ExectrailError('conflict', `it ended at ${timestamp} with outcome ${outcome}`, {
    hint: 'Only an execution that waits or runs can be cancelled.',
  })
}
