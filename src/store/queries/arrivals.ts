import type { ExecutionRecord, FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { selectList, toRecord } from '../rows.ts'
import type { Scope } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/** Which rows: of executions that ended, or of those that started. */
export type ArrivalKind = 'execution' | 'started'

/** A place in the order of arrival; rows that came in one insert have the same time. */
export interface ArrivalPlace {
  /** By the store's clock, ms since the epoch. */
  arrivedMs: number
  executionId: string
}

/** A row that arrived. A record written for a presumed crash has another version than the true one. */
export interface Arrival extends ArrivalPlace {
  version: number
}

interface ArrivalsQuery {
  scope: Scope
  kind: ArrivalKind
  from: ArrivalPlace
  limit: number
}

const TABLES: Readonly<Record<ArrivalKind, { table: string; version: string; own: string }>> = {
  execution: { table: 'code_exec_logs', version: 'record_version', own: '' },
  started: { table: 'code_exec_events', version: '0', own: "event_name = 'code_exec.started'" },
}

/** Rows from a place on, oldest first; the same row more than once where it was delivered again. */
export async function listArrivals(
  store: Store,
  { scope, kind, from, limit }: ArrivalsQuery,
): Promise<Arrival[]> {
  const where = since(scope, kind, from)
  const rows = await store.query<Record<string, unknown>>(
    `SELECT ${placeOf(kind)} FROM ${TABLES[kind].table} WHERE ${where.sql}
     ORDER BY inserted_at, execution_id LIMIT {limit:UInt32}`,
    { ...where.parameters, limit },
  )
  return rows.map(toArrival)
}

interface ArrivedQuery extends ArrivalsQuery {
  /** The last arrival that is wanted, ms; null for all. */
  untilMs: number | null
  order: 'ASC' | 'DESC'
  filter: Filter
  fields: readonly FieldName[]
}

/** The fields of rows that arrived, in the order of arrival or the latest first. */
export async function readArrivals(
  store: Store,
  { scope, kind, from, untilMs, order, filter, fields, limit }: ArrivedQuery,
): Promise<{ arrival: Arrival; record: Partial<ExecutionRecord> }[]> {
  const where = filtered(until(since(scope, kind, from), untilMs), filter)
  const selected = selectList(fields.filter((name) => name !== 'executionId'))
  const rows = await store.query<Record<string, unknown>>(
    `SELECT ${placeOf(kind)}, ${selected} FROM ${TABLES[kind].table} WHERE ${where.sql}
     ORDER BY inserted_at ${order}, execution_id ${order} LIMIT {limit:UInt32}`,
    { ...where.parameters, limit },
  )
  return rows.map((row) => ({ arrival: toArrival(row), record: toRecord(row, fields) }))
}

/** How many executions arrived from a place on. */
export async function countArrivals(
  store: Store,
  { scope, kind, from, filter }: Pick<ArrivedQuery, 'scope' | 'kind' | 'from' | 'filter'>,
): Promise<number> {
  const where = filtered(since(scope, kind, from), filter)
  const [row] = await store.query<{ count: string }>(
    `SELECT uniqExact(execution_id) AS count FROM ${TABLES[kind].table} WHERE ${where.sql}`,
    where.parameters,
  )
  return Number(row?.count ?? 0)
}

function placeOf(kind: ArrivalKind): string {
  return `execution_id, ${TABLES[kind].version} AS version, toUnixTimestamp64Milli(inserted_at) AS arrived_ms`
}

const FROM = 'fromUnixTimestamp64Milli({fromMs:Int64})'

function since(scope: Scope, kind: ArrivalKind, { arrivedMs, executionId }: ArrivalPlace): Condition {
  const tenant = tenantCondition(scope, null)
  const { own } = TABLES[kind]
  const ours = own === '' ? tenant : narrow(tenant, own, {})
  // The first comparison is for the skip index.
  return narrow(
    ours,
    `inserted_at >= ${FROM} AND (inserted_at, execution_id) >= (${FROM}, {fromId:String})`,
    {
      fromMs: arrivedMs,
      fromId: executionId,
    },
  )
}

function until(base: Condition, untilMs: number | null): Condition {
  if (untilMs === null) return base
  return narrow(base, 'inserted_at <= fromUnixTimestamp64Milli({untilMs:Int64})', { untilMs })
}

function toArrival(row: Readonly<Record<string, unknown>>): Arrival {
  return {
    executionId: String(row['execution_id']),
    version: Number(row['version']),
    arrivedMs: Number(row['arrived_ms']),
  }
}
