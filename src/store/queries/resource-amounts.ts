import type { Store } from '../client.ts'
import { COST } from '../measures.ts'
import { filtered, type Filter } from '../filter.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

/** What executions used, summed up. */
export interface ResourceAmounts {
  /** Those of which all that is asked for was measured. */
  count: number
  /** The rest, of which nothing else is in the sums. */
  unmeasuredCount: number
  durationMs: number
  startupMs: number
  cpuMs: number
  /** Peak of memory × duration, summed up. */
  peakByteMs: number
  /** Limit (at least the peak) × start-up and duration, summed up. */
  heldByteMs: number
  /** Those whose peak is above `memoryBytes`. */
  tooLargeCount: number
  /** What they did cost, 10⁻⁹ USD; null where none is known. */
  costNanoUsd: number | null
  unpricedCount: number
}

type Row = Record<keyof ResourceAmounts, string | number | null>

const MEASURED = 'isNotNull(cpu_ms) AND isNotNull(memory_peak_bytes)'

/** @param measured `used`: only executions with processor time and memory are counted; `any`: all are */
export async function getResourceAmounts(
  store: Store,
  query: { scope: Scope; window: Window; filter: Filter; memoryBytes: number; measured: 'used' | 'any' },
): Promise<ResourceAmounts> {
  const where = filtered(tenantCondition(query.scope, query.window), query.filter)
  const isCounted = query.measured === 'any' ? 'true' : MEASURED
  const peak = 'ifNull(toFloat64(memory_peak_bytes), 0)'
  const held = `greatest(${peak}, ifNull(toFloat64(limit_memory_bytes), 0))`
  const [row] = await store.query<Row>(
    `SELECT countIf(${isCounted}) AS count, countIf(NOT (${isCounted})) AS unmeasuredCount,
       sumIf(duration_ms, ${isCounted}) AS durationMs, sumIf(startup_ms, ${isCounted}) AS startupMs,
       sumIf(ifNull(cpu_ms, 0), ${isCounted}) AS cpuMs,
       sumIf(${peak} * duration_ms, ${isCounted}) AS peakByteMs,
       sumIf(${held} * (startup_ms + duration_ms), ${isCounted}) AS heldByteMs,
       countIf(${isCounted} AND ${peak} > {memoryBytes:Float64}) AS tooLargeCount,
       sumIf(${COST}, ${isCounted}) AS costNanoUsd, countIf(${isCounted} AND isNull(${COST})) AS unpricedCount
     FROM code_exec_logs FINAL WHERE ${where.sql}`,
    { ...where.parameters, memoryBytes: query.memoryBytes },
  )
  const amountOf = (name: keyof ResourceAmounts): number => Number(row?.[name] ?? 0)
  return {
    count: amountOf('count'),
    unmeasuredCount: amountOf('unmeasuredCount'),
    durationMs: amountOf('durationMs'),
    startupMs: amountOf('startupMs'),
    cpuMs: amountOf('cpuMs'),
    peakByteMs: amountOf('peakByteMs'),
    heldByteMs: amountOf('heldByteMs'),
    tooLargeCount: amountOf('tooLargeCount'),
    costNanoUsd: row?.costNanoUsd === null ? null : amountOf('costNanoUsd'),
    unpricedCount: amountOf('unpricedCount'),
  }
}

/** Median of the start-up on a runtime, ms; null below `least` executions. */
export async function getMedianStartup(
  store: Store,
  { scope, window, runtime, least }: { scope: Scope; window: Window; runtime: string; least: number },
): Promise<number | null> {
  const where = tenantCondition(scope, window)
  const [row] = await store.query<{ runs: string; median: number }>(
    `SELECT count() AS runs, quantileTDigest(0.5)(startup_ms) AS median
     FROM code_exec_logs FINAL WHERE ${where.sql} AND runtime = {runtime:String} AND duration_ms > 0`,
    { ...where.parameters, runtime },
  )
  return row === undefined || Number(row.runs) < least ? null : row.median
}
