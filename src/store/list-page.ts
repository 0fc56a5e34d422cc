/** One page of a list of executions, by one statement. */
import type { ExecutionRecord, FieldName } from '../record/record.ts'
import type { Store } from './client.ts'
import { filtered, type Filter } from './filter.ts'
import { COST } from './measures.ts'
import { toClickHouseTime, selectList, toRecord } from './rows.ts'
import type { Scope, Window } from './scope.ts'
import { narrow, tenantCondition, type Condition } from './tenant.ts'

/** What a list is ordered by, the greatest first. */
export const LIST_ORDERS = ['newest', 'duration', 'memory', 'cost'] as const
export type ListOrder = (typeof LIST_ORDERS)[number]

/** Never null, so that rows without a value have a place: the last. */
export const RANK: Readonly<Record<Exclude<ListOrder, 'newest'>, string>> = {
  duration: 'duration_ms',
  memory: 'toFloat64(ifNull(memory_peak_bytes, 0))',
  cost: `toFloat64(ifNull(${COST}, -1))`,
}

/** Position of a record in the order of its list; `rank` is null where the order is only the start. */
export interface Position {
  rank: number | null
  startedAt: string
  executionId: string
}

export interface ListExecutionsQuery {
  scope: Scope
  window: Window
  filter: Filter
  order: ListOrder
  /** Lists only what follows this position; null begins with the first. */
  after: Position | null
  limit: number
  fields: readonly FieldName[]
}

/** A record and its place in the list. */
export interface ListedExecution {
  record: Partial<ExecutionRecord>
  position: Position
}

/** @param base the rows that it is read from */
export async function readPage(
  store: Store,
  query: ListExecutionsQuery,
  base: Condition = tenantCondition(query.scope, query.window),
): Promise<ListedExecution[]> {
  const { fields, limit, order } = query
  const rank = order === 'newest' ? null : RANK[order]
  const where = afterPosition(filtered(base, query.filter), rank, query.after)
  const ranked = rank === null ? '' : `${rank} AS rank, `
  const rows = await store.query<Record<string, unknown>>(
    `SELECT ${ranked}${selectList([...new Set([...fields, ...PLACE])])}
     FROM code_exec_logs FINAL WHERE ${where.sql}
     ORDER BY ${rank === null ? '' : 'rank DESC, '}started_at DESC, execution_id DESC LIMIT {limit:UInt32}`,
    { ...where.parameters, limit },
  )
  return rows.map((row) => ({
    record: toRecord(row, fields),
    position: { rank: rank === null ? null : Number(row['rank']), ...toRecord(row, PLACE) },
  }))
}

const PLACE = ['startedAt', 'executionId'] as const

function afterPosition(base: Condition, rank: string | null, after: Position | null): Condition {
  if (after === null) return base
  const place = { afterStart: toClickHouseTime(after.startedAt), afterId: after.executionId }
  if (rank === null)
    return narrow(
      base,
      // The index of starts reads only the first condition.
      'started_at <= {afterStart:DateTime64(9)} AND (started_at, execution_id) < ({afterStart:DateTime64(9)}, {afterId:String})',
      place,
    )
  return narrow(
    base,
    `(${rank}, started_at, execution_id) < ({afterRank:Float64}, {afterStart:DateTime64(9)}, {afterId:String})`,
    { ...place, afterRank: after.rank ?? 0 },
  )
}
