import { FIELD_NAMES, type ExecutionRecord } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { selectList, toRecord } from '../rows.ts'
import type { Scope } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** One complete execution; null when there is none in the scope. */
export async function getExecution(
  store: Store,
  scope: Scope,
  executionId: string,
): Promise<ExecutionRecord | null> {
  const where = narrow(tenantCondition(scope, null), 'execution_id = {executionId:String}', { executionId })
  const [row] = await store.query<Record<string, unknown>>(
    `SELECT ${selectList(FIELD_NAMES)} FROM code_exec_logs FINAL WHERE ${where.sql} LIMIT 1`,
    where.parameters,
  )
  return row === undefined ? null : toRecord(row, FIELD_NAMES)
}
