import type { Store } from '../client.ts'
import { readStoreClock } from '../store-clock.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'
import { firstGenerationAt } from './generation.ts'
import { EVERYONE, REPLACED_DAY } from './plan.ts'

/**
 * Says that rows of the window were replaced without a new time of arrival, once all of them are: kept figures that were
 * begun before this moment are not read, and all are computed again.
 */
export async function noteReplaced(
  store: Store,
  { scope, window }: { scope: Scope; window: Window },
): Promise<void> {
  const where = tenantCondition(scope, window)
  // Figures begun in this millisecond may have read the rows before.
  const generation = firstGenerationAt((await readStoreClock(store)) + 1)
  await store.command(
    `INSERT INTO code_exec_rollup_days
     SELECT DISTINCT arrayJoin([toString(organization_id), '${EVERYONE}']), toDate('${REPLACED_DAY}'), {generation:UInt64}
     FROM code_exec_logs WHERE ${where.sql}`,
    { ...where.parameters, generation },
  )
}
