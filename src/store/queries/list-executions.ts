import { columnOf } from '../../record/columns.ts'
import { FILTER_FIELDS, type ExecutionRecord, type FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { toClickHouseTime, selectList, toRecord } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/** One value or several, of which any matches; an absent filter matches everything. */
export type ExecutionFilter = {
  readonly [Name in (typeof FILTER_FIELDS)[number]]?: string | readonly string[] | undefined
}

/** Position of a record in the order newest first. */
export interface Position {
  startedAt: string
  executionId: string
}

export interface ListExecutionsQuery {
  scope: Scope
  window: Window
  filter: ExecutionFilter
  /** Lists only what follows this position; null begins with the newest. */
  after: Position | null
  limit: number
  fields: readonly FieldName[]
}

/** Executions, newest first, by start and then id, so that new rows do not move the others. */
export async function listExecutions(
  store: Store,
  query: ListExecutionsQuery,
): Promise<Partial<ExecutionRecord>[]> {
  const { fields, limit, scope, window } = query
  const where = afterPosition(filtered(tenantCondition(scope, window), query.filter), query.after)
  const rows = await store.query<Record<string, unknown>>(
    `SELECT ${selectList(fields)} FROM code_exec_logs FINAL WHERE ${where.sql}
     ORDER BY started_at DESC, execution_id DESC LIMIT {limit:UInt32}`,
    { ...where.parameters, limit },
  )
  return rows.map((row) => toRecord(row, fields))
}

function filtered(base: Condition, filter: ExecutionFilter): Condition {
  return FILTER_FIELDS.reduce((condition, field) => {
    const wanted = filter[field]
    if (wanted === undefined) return condition
    const values = typeof wanted === 'string' ? [wanted] : wanted
    return narrow(condition, `${columnOf(field)} IN {${field}:Array(String)}`, { [field]: values })
  }, base)
}

function afterPosition(base: Condition, after: Position | null): Condition {
  if (after === null) return base
  const { startedAt, executionId } = after
  return narrow(base, '(started_at, execution_id) < ({afterStart:DateTime64(9)}, {afterId:String})', {
    afterStart: toClickHouseTime(startedAt),
    afterId: executionId,
  })
}
