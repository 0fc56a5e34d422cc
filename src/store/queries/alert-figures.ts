/** What alert rules read: sums of slots of time, from which windows are added up, and percentiles of windows. */
import { columnOf } from '../../record/columns.ts'
import { mapNames } from '../../record/record.ts'
import type { Parameters, Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { COST } from '../measures.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'
import type { GroupField } from './stats.ts'

export const SUM_NAMES = [
  'count',
  'failures',
  'timeouts',
  'limits',
  'errors',
  'cancellations',
  'validations',
  'invalid',
  'durationMs',
  'queueMs',
  'startupMs',
  'memoryCount',
  'memoryPeakBytes',
  'costNanoUsd',
  'tokens',
] as const
export type SumName = (typeof SUM_NAMES)[number]

/** Sums over the executions of a slot, in SQL. Null values count as nothing. */
const SUMS: Readonly<Record<SumName, string>> = {
  count: 'count()',
  failures: 'countIf(NOT success)',
  timeouts: "countIf(outcome = 'timeout')",
  limits: "countIf(outcome = 'limit')",
  errors: "countIf(outcome = 'error')",
  cancellations: "countIf(outcome = 'cancelled')",
  validations: 'count(validation_passed)',
  invalid: 'countIf(validation_passed = false)',
  durationMs: 'sum(duration_ms)',
  queueMs: 'sum(queue_ms)',
  startupMs: 'sum(startup_ms)',
  memoryCount: 'count(memory_peak_bytes)',
  memoryPeakBytes: 'ifNull(sum(memory_peak_bytes), 0)',
  costNanoUsd: `ifNull(sum(ifNull(${COST}, 0) + ifNull(cost_tokens_nano_usd, 0)), 0)`,
  tokens: 'ifNull(sum(tokens_used), 0)',
}
export type Sums = Readonly<Record<SumName, number>>

/** Groups of one question, at most, where nothing narrower is asked: the ones with the most executions. */
export const ALERT_GROUPS_MAX = 200

export interface SlotQuery {
  scope: Scope
  /** Both ends are multiples of the slot. */
  window: Window
  filter: Filter
  groupBy: readonly GroupField[]
  /** `last`: without executions that are tried again, from the slot on in which they are. */
  attempts: 'last' | 'all'
  slotSeconds: number
  groupsMax: number
}

/** Sums of the executions of a group that started in a slot. Slots are numbers since the epoch. */
export interface SlotSums {
  key: readonly (string | null)[]
  slot: number
  /** Slot in which the executions were tried again, and count no longer; null: not at all. */
  retriedIn: number | null
  sums: Sums
}

/** Sums of every slot with executions. */
export async function getSlotSums(store: Store, query: SlotQuery): Promise<SlotSums[]> {
  const { sql, parameters } = sourceOf(query)
  const rows = await store.query<{ key: string[]; slot: string; retried: string; sums: number[] }>(
    `${topOf(query, sql)} SELECT key, toString(slot) AS slot, toString(retried) AS retried,
       [${SUM_NAMES.map((name) => `toFloat64(${SUMS[name]})`).join(', ')}] AS sums
     FROM (${sql}) ${ofTop(query)} GROUP BY key, slot, retried`,
    { ...parameters, groups: query.groupsMax },
  )
  return rows.map(({ key, slot, retried, sums }) => ({
    key: key.map((value) => value || null),
    slot: Number(slot),
    retriedIn: Number(retried) === NEVER ? null : Number(retried),
    sums: mapNames(SUM_NAMES, (name) => sums[SUM_NAMES.indexOf(name)] ?? 0),
  }))
}

/** Columns that percentiles are of. */
const VALUES = {
  durationMs: 'duration_ms',
  queueMs: 'queue_ms',
  startupMs: 'startup_ms',
  memoryPeakBytes: 'memory_peak_bytes',
  cpuMs: 'cpu_ms',
} as const

export interface PercentileQuery extends SlotQuery {
  measure: keyof typeof VALUES
  /** 1–99 */
  percentile: number
  /** Length of each window, slots. */
  slots: number
  /** Slots that the windows end before: this, and one after another so many. */
  firstEnd: number
  ends: number
}

export interface WindowPercentile {
  key: readonly (string | null)[]
  /** Number of the window, from 0. */
  index: number
  count: number
  /** Executions that have the value. */
  sampleCount: number
  value: number | null
}

/** A percentile of each window with executions. */
export async function getPercentiles(store: Store, query: PercentileQuery): Promise<WindowPercentile[]> {
  const { sql, parameters } = sourceOf(query)
  const value = `toFloat64(${VALUES[query.measure]})`
  const rows = await store.query<{
    key: string[]
    at: string
    n: string
    samples: string
    value: number | null
  }>(
    `${topOf(query, sql)} SELECT key, toString(at) AS at, count() AS n, count(${value}) AS samples,
       if(samples = 0, NULL, quantileTDigest({level:Float64})(${value})) AS value
     FROM (SELECT *, arrayJoin(range(
         toUInt64(greatest(0, slot + 1 - {firstEnd:Int64})),
         toUInt64(greatest(0, least({ends:Int64} - 1, least(slot + {slots:Int64}, retried) - {firstEnd:Int64}) + 1)))) AS at
       FROM (${sql}) ${ofTop(query)})
     GROUP BY key, at`,
    {
      ...parameters,
      groups: query.groupsMax,
      level: query.percentile / 100,
      firstEnd: query.firstEnd,
      ends: query.ends,
      slots: query.slots,
    },
  )
  return rows.map((row) => ({
    key: row.key.map((part) => part || null),
    index: Number(row.at),
    count: Number(row.n),
    sampleCount: Number(row.samples),
    value: row.value,
  }))
}

const COLUMNS = [
  'outcome',
  'success',
  'validation_passed',
  'duration_ms',
  'queue_ms',
  'startup_ms',
  'cpu_ms',
  'memory_peak_bytes',
  'cost_run_nano_usd',
  'cost_allocated_nano_usd',
  'cost_tokens_nano_usd',
  'tokens_used',
].join(', ')

/** The greatest slot; beyond every slot that there is. */
const NEVER = 9_007_199_254_740_991
const SLOT = 'intDiv(toUnixTimestamp64Milli(started_at), {slotMs:Int64})'

/** The executions with their group, their slot and the slot in which they were tried again. */
function sourceOf({ scope, window, filter, groupBy, attempts, slotSeconds }: SlotQuery): {
  sql: string
  parameters: Parameters
} {
  const tenant = tenantCondition(scope, window)
  const where = filtered(tenant, filter)
  const key = `[${groupBy.map((name) => `ifNull(toString(${columnOf(name)}), '')`).join(', ')}]::Array(String)`
  const parameters = { ...where.parameters, slotMs: slotSeconds * 1000 }
  if (attempts === 'all') {
    const columns = `${key} AS key, ${SLOT} AS slot, toInt64(${NEVER}) AS retried, ${COLUMNS}`
    return { sql: `SELECT ${columns} FROM code_exec_logs FINAL WHERE ${where.sql}`, parameters }
  }
  // A later attempt ends an earlier one whether the filter holds for it or not.
  const again = narrow(tenant, 'attempt > 1 AND workflow_execution_id IS NOT NULL', {})
  const step = `organization_id AS org, ifNull(workflow_execution_id, '') AS run, ifNull(node_id, '') AS node, attempt AS number`
  const sql = `SELECT rows.key AS key, rows.slot AS slot, if(later.number = 0, toInt64(${NEVER}), later.slot) AS retried, ${COLUMNS}
    FROM (SELECT ${step}, ${key} AS key, ${SLOT} AS slot, ${COLUMNS} FROM code_exec_logs FINAL WHERE ${where.sql}) AS rows
    ASOF LEFT JOIN (SELECT ${step}, ${SLOT} AS slot FROM code_exec_logs FINAL WHERE ${again.sql}) AS later
    ON rows.org = later.org AND rows.run = later.run AND rows.node = later.node AND rows.number < later.number`
  return { sql, parameters }
}

/** The groups with the most executions; without groups, nothing. */
function topOf({ groupBy }: SlotQuery, source: string): string {
  if (groupBy.length === 0) return ''
  return `WITH (SELECT groupArray(key) FROM (
    SELECT key, count() AS n FROM (${source}) GROUP BY key ORDER BY n DESC, key LIMIT {groups:UInt32})) AS top`
}

function ofTop({ groupBy }: SlotQuery): string {
  return groupBy.length === 0 ? '' : 'WHERE has(top, key)'
}
