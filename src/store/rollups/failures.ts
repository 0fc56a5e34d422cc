/** The failed executions of past days, which are kept so that groups of errors are computed without reading the others. */
import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'
import type { Parameters, Store } from '../client.ts'
import { filtered } from '../filter.ts'
import { fieldsOf } from '../match-filter.ts'
import { selectList } from '../rows.ts'
import { narrow, tenantCondition } from '../tenant.ts'
import type { FiguresQuery } from './figures-source.ts'
import { planRollups } from './plan.ts'

/** What is kept of them. */
const KEPT_FIELDS: readonly FieldName[] = [
  'organizationId',
  'errorFingerprint',
  'errorType',
  'errorMessage',
  'startedAt',
  'executionId',
  'workspaceId',
  'userId',
  'codeAgentId',
  'codeAgentVersion',
  'nodeId',
  'runtime',
  'language',
  'outcome',
  'model',
]
export const KEPT_COLUMNS = selectList(KEPT_FIELDS)
/** Which executions they are. */
export const IS_FAILURE = `${columnOf('errorFingerprint')} IS NOT NULL`

/** The columns of failed executions, kept for a day or read from rows; what follows FROM, to be narrowed by AND. */
export async function failuresSource(
  store: Store,
  { scope, window, filter }: FiguresQuery,
): Promise<{ sql: string; parameters: Parameters }> {
  const canBeKept = fieldsOf(filter).every((field) => KEPT_FIELDS.includes(field))
  const asked = { scope, window, of: 'failures', agentId: null, step: 'day' } as const
  const plan = canBeKept ? await planRollups(store, asked) : null
  if (plan === null) {
    const { sql, parameters } = filtered(narrow(tenantCondition(scope, window), IS_FAILURE, {}), filter)
    return { sql: `code_exec_logs FINAL WHERE ${sql}`, parameters }
  }
  const rows = filtered(narrow(plan.rows, IS_FAILURE, {}), filter)
  const kept = filtered(plan.rollups, filter)
  return {
    sql: `(SELECT ${KEPT_COLUMNS} FROM code_exec_logs FINAL WHERE ${rows.sql}
      UNION ALL SELECT ${KEPT_COLUMNS} FROM code_exec_rollup_failures WHERE ${kept.sql}) WHERE true`,
    parameters: { ...rows.parameters, ...kept.parameters },
  }
}
