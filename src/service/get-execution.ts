import { ExectrailError } from '../errors.ts'
import type { Store } from '../store/client.ts'
import { getExecution as queryExecution } from '../store/queries/get-execution.ts'
import type { Scope } from '../store/scope.ts'
import { viewExecution, type ExecutionView } from './execution-view.ts'

/**
 * One execution, whole.
 * @throws {ExectrailError} `not_found` also where it is another organization's: its existence is theirs to know
 */
export async function getExecution(
  { store, scope }: { store: Store; scope: Scope },
  executionId: string,
): Promise<ExecutionView> {
  const record = await queryExecution(store, scope, executionId)
  if (record === null) {
    throw new ExectrailError(
      'not_found',
      'no execution bears this id, or it is not among those this key may see',
      {
        hint: 'A record can be read about a second after its run ended; `exectrail doctor` says where records stop.',
      },
    )
  }
  return viewExecution(record)
}
