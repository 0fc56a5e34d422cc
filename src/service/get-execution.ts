import { ExectrailError } from '../errors.ts'
import type { Store } from '../store/client.ts'
import { getExecution as queryExecution } from '../store/queries/get-execution.ts'
import type { Scope } from '../store/scope.ts'
import { viewExecution, type ExecutionView } from './execution-view.ts'

/**
 * One complete execution.
 * @throws {ExectrailError} `not_found`, also for an execution of another organization, whose existence stays hidden
 */
export async function getExecution(
  { store, scope }: { store: Store; scope: Scope },
  executionId: string,
): Promise<ExecutionView> {
  const record = await queryExecution(store, scope, executionId)
  if (record === null) throw noSuchExecution()
  return viewExecution(record)
}

/** The error for an id that is not there, or not for this key. */
export function noSuchExecution(): ExectrailError {
  return new ExectrailError('not_found', 'no execution has this id, or this key may not see it', {
    hint: 'A record can be read about a second after its run ended; `exectrail doctor` says where records stop.',
  })
}
