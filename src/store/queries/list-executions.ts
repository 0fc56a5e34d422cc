import { columnOf } from '../../record/columns.ts'
import { FILTER_FIELDS, type ExecutionRecord, type FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { fromIso, selectList, toRecord } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/** A value, or several of which any will do; absent means any. */
export type ExecutionFilter = {
  readonly [Name in (typeof FILTER_FIELDS)[number]]?: string | readonly string[] | undefined
}

/** Place of a record in the order newest first. */
export interface Position {
  startedAt: string
  executionId: string
}

export interface ListExecutions {
  scope: Scope
  window: Window
  filter: ExecutionFilter
  /** Only what comes after this place; null from the newest on. */
  after: Position | null
  limit: number
  fields: readonly FieldName[]
}

/** Executions newest first, by start and then id; a row that arrives meanwhile moves none of the others. */
export async function listExecutions(
  store: Store,
  question: ListExecutions,
): Promise<Partial<ExecutionRecord>[]> {
  const { fields, limit, scope, window } = question
  const where = afterPosition(filtered(tenantCondition(scope, window), question.filter), question.after)
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
    afterStart: fromIso(startedAt),
    afterId: executionId,
  })
}
