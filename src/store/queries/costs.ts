import { columnOf } from '../../record/columns.ts'
import type { Store } from '../client.ts'
import {
  COST_FIGURES,
  COST_ORDER_SQL,
  toCostFigures,
  type CostFigures,
  type CostOrder,
  type CostRow,
} from '../cost-measures.ts'
import { filtered, type Filter } from '../filter.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'
import type { GroupField, GroupKey } from './stats.ts'

/** Lengths of buckets of costs; a week begins on Monday, each at midnight UTC. */
export const COST_BUCKETS = ['hour', 'day', 'week', 'month'] as const
export type CostBucket = (typeof COST_BUCKETS)[number]

const BUCKET_SQL: Readonly<Record<CostBucket, string>> = {
  hour: 'toStartOfHour(started_at)',
  day: 'toStartOfDay(started_at)',
  week: 'toStartOfWeek(started_at, 1)',
  month: 'toStartOfMonth(started_at)',
}

export interface CostQuery {
  scope: Scope
  window: Window
  filter: Filter
  /** At most two; none for only the total. */
  groupBy: readonly GroupField[]
  order: CostOrder
  /** Maximum of groups, those of the whole window; the rest is `other`. */
  limit: number
  /** The groups themselves, for a comparison; else the greatest. */
  keys?: readonly GroupKey[]
}

export interface CostGroup extends CostFigures {
  key: GroupKey
}

/** Costs in total, of the groups, and of all executions outside of them (null when there are none). */
export interface GroupedCosts {
  total: CostFigures
  groups: readonly CostGroup[]
  other: CostFigures | null
}

/** Costs in total and by group. */
export async function getCosts(store: Store, query: CostQuery): Promise<GroupedCosts> {
  const [whole] = await readCosts(store, query, 'toDateTime(0)')
  return whole?.costs ?? { total: toCostFigures(undefined), groups: [], other: null }
}

/** The same by bucket, in order, without the buckets that have no executions. */
export function getCostSeries(
  store: Store,
  { bucket, ...query }: CostQuery & { bucket: CostBucket },
): Promise<readonly { startMs: number; costs: GroupedCosts }[]> {
  return readCosts(store, query, BUCKET_SQL[bucket])
}

interface Row extends CostRow {
  bucket: string
  kind: 'total' | 'group' | 'other'
  key: readonly string[]
}

async function readCosts(
  store: Store,
  query: CostQuery,
  bucketSql: string,
): Promise<{ startMs: number; costs: GroupedCosts }[]> {
  const { groupBy, keys } = query
  const where = filtered(tenantCondition(query.scope, query.window), query.filter)
  const bucket = `toUnixTimestamp(toDateTime(${bucketSql}, 'UTC')) AS bucket`
  const rows = await store.query<Row>(
    groupBy.length === 0
      ? `SELECT ${bucket}, 'total' AS kind, [] AS key, ${COST_FIGURES}
         FROM code_exec_logs FINAL WHERE ${where.sql} GROUP BY bucket ORDER BY bucket`
      : groupedSql(query, where.sql, bucket),
    {
      ...where.parameters,
      limit: query.limit,
      keys: keys?.map((key) => groupBy.map((name) => key[name] ?? '')),
    },
  )
  const buckets = Map.groupBy(rows, (row) => Number(row.bucket))
  return [...buckets].map(([seconds, found]) => ({
    startMs: seconds * 1000,
    costs: toGroupedCosts(found, groupBy),
  }))
}

/** The greatest groups of the window are found first; then each row belongs to one of them or to the others. */
function groupedSql({ groupBy, order, keys }: CostQuery, where: string, bucket: string): string {
  const key = `[${groupBy.map((name) => `ifNull(toString(${columnOf(name)}), '')`).join(', ')}]`
  const greatest = `(SELECT groupArray(key) FROM (
      SELECT ${key} AS key FROM code_exec_logs FINAL WHERE ${where}
      GROUP BY key ORDER BY ${COST_ORDER_SQL[order]} DESC, count() DESC, key LIMIT {limit:UInt32}
    ))`
  return `WITH ${keys === undefined ? greatest : '{keys:Array(Array(String))}'} AS top
    SELECT bucket, multiIf(grouping(place) = 1, 'total', place = 0, 'other', 'group') AS kind,
      if(kind = 'group', top[place], []) AS key, ${COST_FIGURES}
    FROM code_exec_logs FINAL WHERE ${where}
    GROUP BY GROUPING SETS ((${bucket}), (bucket, indexOf(top, ${key}) AS place)) ORDER BY bucket, place`
}

function toGroupedCosts(rows: readonly Row[], groupBy: readonly GroupField[]): GroupedCosts {
  const of = (kind: Row['kind']): Row[] => rows.filter((row) => row.kind === kind)
  const [other] = of('other')
  return {
    total: toCostFigures(of('total')[0]),
    groups: of('group').map((row) => Object.assign({ key: keyOf(row, groupBy) }, toCostFigures(row))),
    other: other === undefined ? null : toCostFigures(other),
  }
}

function keyOf(row: Row, groupBy: readonly GroupField[]): GroupKey {
  return Object.fromEntries(groupBy.map((name, index) => [name, row.key[index] || null]))
}
