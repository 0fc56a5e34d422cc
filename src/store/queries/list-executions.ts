import type { ExecutionRecord, FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { COST } from '../measures.ts'
import { toClickHouseTime, selectList, toRecord } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/** What a list is ordered by, the greatest first. */
export const LIST_ORDERS = ['newest', 'duration', 'memory', 'cost'] as const
export type ListOrder = (typeof LIST_ORDERS)[number]

/** Never null, so that rows without a value have a place: the last. */
const RANK: Readonly<Record<Exclude<ListOrder, 'newest'>, string>> = {
  duration: 'duration_ms',
  memory: 'toFloat64(ifNull(memory_peak_bytes, 0))',
  cost: `toFloat64(ifNull(${COST}, -1))`,
}

/** Position of a record in the order of its list; `rank` is null where the order is the start alone. */
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

/** The part of a window at its end that is read first, which most often holds a page. */
const NEWEST_PART = 1 / 64
/** Windows of an hour are read at once. */
const MIN_SPLIT_MS = 3_600_000

/** Executions in order; ties by start and then id, so that new rows do not move the others. */
export async function listExecutions(store: Store, query: ListExecutionsQuery): Promise<ListedExecution[]> {
  const newest = newestPart(query)
  const page = newest === null ? [] : await readPage(store, { ...query, window: newest })
  return page.length >= query.limit ? page : readPage(store, query)
}

/**
 * What can hold the whole page of a list from the newest on, so that its cost does not grow with the window: where it
 * holds less, the window has few rows, or the filter lets few through. Null where the window is to be read at once.
 */
function newestPart({ order, window, after }: ListExecutionsQuery): Window | null {
  const end = Math.min(Date.parse(window.to), after === null ? Infinity : Date.parse(after.startedAt) + 1)
  const length = end - Date.parse(window.from)
  if (order !== 'newest' || !(length >= MIN_SPLIT_MS)) return null
  return { from: new Date(end - Math.ceil(length * NEWEST_PART)).toISOString(), to: window.to }
}

async function readPage(store: Store, query: ListExecutionsQuery): Promise<ListedExecution[]> {
  const { fields, limit, order, scope, window } = query
  const rank = order === 'newest' ? null : RANK[order]
  const where = afterPosition(filtered(tenantCondition(scope, window), query.filter), rank, query.after)
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
      // The first condition alone is read by the index of starts.
      'started_at <= {afterStart:DateTime64(9)} AND (started_at, execution_id) < ({afterStart:DateTime64(9)}, {afterId:String})',
      place,
    )
  return narrow(
    base,
    `(${rank}, started_at, execution_id) < ({afterRank:Float64}, {afterStart:DateTime64(9)}, {afterId:String})`,
    { ...place, afterRank: after.rank ?? 0 },
  )
}
