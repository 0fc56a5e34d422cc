import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

/** Measures with a distribution. */
export const MEASURES = [
  'durationMs',
  'queueMs',
  'startupMs',
  'cpuMs',
  'memoryPeakBytes',
] as const satisfies readonly FieldName[]
export type Measure = (typeof MEASURES)[number]

/** Executions whose measure is at least `from` and below `to`. */
export interface Bin {
  from: number
  to: number
  count: number
}

/** Executions of one stretch of time and one bin. */
export interface Cell extends Bin {
  /** Begin of the stretch. */
  at: string
  failures: number
}

export interface DistributionQuery {
  scope: Scope
  window: Window
  filter: Filter
  measure: Measure
  /** Length of a column of the heat map, seconds. */
  bucketSeconds: number
}

/** A histogram, and the same over time; cells without executions are left out. */
export interface Histogram {
  bins: readonly Bin[]
  cells: readonly Cell[]
}

/** Four bins for each doubling: a bin is 19 % wide. */
const BINS_PER_DOUBLING = 4
/** Values below share the first bin. */
const LEAST = 0.01
const LEAST_INDEX = Math.floor(Math.log2(LEAST) * BINS_PER_DOUBLING)

/** How often each value of a measure occurs, in total and over time. Executions without the measure do not count. */
export async function getDistribution(store: Store, query: DistributionQuery): Promise<Histogram> {
  const where = filtered(tenantCondition(query.scope, query.window), query.filter)
  const value = `toFloat64(${columnOf(query.measure)})`
  const rows = await store.query<{ bin: string; at: string; n: string; failures: string }>(
    `SELECT toInt32(floor(log2(greatest(${value}, ${LEAST})) * ${BINS_PER_DOUBLING})) AS bin,
       intDiv(toUnixTimestamp(started_at), {bucketSeconds:UInt32}) * {bucketSeconds:UInt32} AS at,
       count() AS n, countIf(NOT success) AS failures
     FROM code_exec_logs FINAL WHERE ${where.sql} AND ${columnOf(query.measure)} IS NOT NULL
     GROUP BY bin, at ORDER BY at, bin`,
    { ...where.parameters, bucketSeconds: query.bucketSeconds },
  )
  const cells = rows.map((row) => ({
    at: new Date(Number(row.at) * 1000).toISOString(),
    from: boundOf(Number(row.bin)),
    to: boundOf(Number(row.bin) + 1),
    count: Number(row.n),
    failures: Number(row.failures),
  }))
  return { bins: sumBins(cells), cells }
}

/** Least value of a bin. */
function boundOf(index: number): number {
  return index <= LEAST_INDEX ? 0 : 2 ** (index / BINS_PER_DOUBLING)
}

function sumBins(cells: readonly Cell[]): Bin[] {
  const sums = new Map<number, Bin>()
  for (const { from, to, count } of cells)
    sums.set(from, { from, to, count: count + (sums.get(from)?.count ?? 0) })
  return [...sums.values()].sort((left, right) => left.from - right.from)
}
