import { mapNames } from '../../record/record.ts'
import { OUTCOMES, type Outcome } from '../../record/values.ts'
import type { Store } from '../client.ts'
import { toIso } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/** Distribution of a measure; null when nothing was measured. Percentiles are t-digest estimates. */
interface Distribution {
  avg: number | null
  p50: number | null
  p90: number | null
  p95: number | null
  p99: number | null
  max: number | null
}

/** Executions with the same value of one field. */
interface Group<Key> {
  key: Key
  count: number
  successRate: number | null
  durationMs: Distribution
}

interface ErrorGroup {
  fingerprint: string
  message: string
  count: number
  lastSeen: string
  /** The newest execution with this error. */
  executionId: string
}

/** Statistics of one agent in a window. Rates are 0–1, null when nothing was counted; costs are sums in 10⁻⁹ USD. */
export interface AgentStats {
  agentId: string
  window: Window
  count: number
  successCount: number
  successRate: number | null
  validationPassRate: number | null
  durationMs: Distribution
  memoryPeakBytes: Distribution
  queueMs: Distribution
  startupMs: Distribution
  tokensUsed: { sum: number | null; avg: number | null }
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
  byOutcome: Readonly<Record<Outcome, number>>
  byRuntime: readonly Group<string>[]
  byLanguage: readonly Group<string>[]
  byExitCode: readonly Group<number | null>[]
  topErrors: readonly ErrorGroup[]
  firstSeen: string | null
  lastSeen: string | null
  /** The preceding window of the same length, if requested. */
  previous?: Omit<AgentStats, 'previous' | 'topErrors'>
}

export interface AgentStatsQuery {
  scope: Scope
  agentId: string
  window: Window
  compare?: 'previous' | undefined
}

const TOP_ERRORS = 10

/** Counts, rates, distributions, groups and top errors of one agent. */
export async function getAgentStats(store: Store, query: AgentStatsQuery): Promise<AgentStats> {
  const { scope, agentId, window, compare } = query
  const [stats, topErrors, previous] = await Promise.all([
    readStats(store, query),
    readTopErrors(store, agentCondition(scope, agentId, window)),
    compare === 'previous' ? readStats(store, { ...query, window: windowBefore(window) }) : null,
  ])
  return { ...stats, topErrors, ...(previous === null ? {} : { previous }) }
}

function agentCondition(scope: Scope, agentId: string, window: Window): Condition {
  return narrow(tenantCondition(scope, window), 'code_agent_id = {agentId:String}', { agentId })
}

function windowBefore({ from, to }: Window): Window {
  const length = Date.parse(to) - Date.parse(from)
  return { from: new Date(Math.max(0, Date.parse(from) - length)).toISOString(), to: from }
}

interface StatsRow {
  kind: 'all' | 'outcome' | 'runtime' | 'language' | 'exit_code'
  outcome: string
  runtime: string
  language: string
  exit_code: number | null
  n: string
  successes: string
  validation_rate: number | null
  duration: (number | null)[]
  memory: (number | null)[]
  queue: (number | null)[]
  startup: (number | null)[]
  tokens: string | null
  tokens_avg: number | null
  cost_run: string | null
  cost_allocated: string | null
  first_seen: string
  last_seen: string
}

const distributionOf = (column: string): string =>
  `arrayConcat([avg(${column})], quantilesTDigest(0.5, 0.9, 0.95, 0.99)(${column}), [max(${column})])`

/** Totals and groups are grouping sets, so that one pass over the rows computes them all. */
const STATS = `SELECT
  multiIf(grouping(outcome) = 0, 'outcome', grouping(runtime) = 0, 'runtime', grouping(language) = 0, 'language', grouping(exit_code) = 0, 'exit_code', 'all') AS kind,
  outcome, runtime, language, exit_code,
  count() AS n, countIf(success) AS successes, avg(toFloat64(validation_passed)) AS validation_rate,
  ${distributionOf('duration_ms')} AS duration, ${distributionOf('toFloat64(memory_peak_bytes)')} AS memory,
  ${distributionOf('queue_ms')} AS queue, ${distributionOf('startup_ms')} AS startup,
  sum(tokens_used) AS tokens, avg(tokens_used) AS tokens_avg,
  sum(cost_run_nano_usd) AS cost_run, sum(cost_allocated_nano_usd) AS cost_allocated,
  min(started_at) AS first_seen, max(started_at) AS last_seen
FROM code_exec_logs FINAL`
const SETS = 'GROUP BY GROUPING SETS ((), (outcome), (runtime), (language), (exit_code)) ORDER BY n DESC'

type Stats = Omit<AgentStats, 'previous' | 'topErrors'>

async function readStats(store: Store, { scope, agentId, window }: AgentStatsQuery): Promise<Stats> {
  const where = agentCondition(scope, agentId, window)
  const rows = await store.query<StatsRow>(`${STATS} WHERE ${where.sql} ${SETS}`, where.parameters)
  const all = rows.find((row) => row.kind === 'all')
  const count = Number(all?.n ?? 0)
  const of = (kind: StatsRow['kind']): StatsRow[] => rows.filter((row) => row.kind === kind)
  const counts = new Map(of('outcome').map((row) => [row.outcome, Number(row.n)]))
  return {
    agentId,
    window,
    count,
    successCount: Number(all?.successes ?? 0),
    successRate: count === 0 ? null : Number(all?.successes) / count,
    validationPassRate: all?.validation_rate ?? null,
    durationMs: toDistribution(all?.duration),
    memoryPeakBytes: toDistribution(all?.memory),
    queueMs: toDistribution(all?.queue),
    startupMs: toDistribution(all?.startup),
    tokensUsed: { sum: toCount(all?.tokens), avg: all?.tokens_avg ?? null },
    costRunNanoUsd: toCount(all?.cost_run),
    costAllocatedNanoUsd: toCount(all?.cost_allocated),
    byOutcome: mapNames(OUTCOMES, (outcome) => counts.get(outcome) ?? 0),
    byRuntime: of('runtime').map((row) => toGroup(row, row.runtime)),
    byLanguage: of('language').map((row) => toGroup(row, row.language)),
    byExitCode: of('exit_code').map((row) => toGroup(row, row.exit_code)),
    firstSeen: count === 0 || all === undefined ? null : toIso(all.first_seen),
    lastSeen: count === 0 || all === undefined ? null : toIso(all.last_seen),
  }
}

function toGroup<Key>(row: StatsRow, key: Key): Group<Key> {
  const count = Number(row.n)
  return {
    key,
    count,
    successRate: count === 0 ? null : Number(row.successes) / count,
    durationMs: toDistribution(row.duration),
  }
}

function toDistribution(values: (number | null)[] | undefined): Distribution {
  const [avg = null, p50 = null, p90 = null, p95 = null, p99 = null, max = null] = values ?? []
  return { avg, p50, p90, p95, p99, max }
}

function toCount(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

interface ErrorRow {
  fingerprint: string
  message: string | null
  n: string
  last_seen: string
  execution_id: string
}

async function readTopErrors(store: Store, where: Condition): Promise<ErrorGroup[]> {
  const rows = await store.query<ErrorRow>(
    `SELECT error_fingerprint AS fingerprint, argMax(coalesce(error_message, ''), started_at) AS message, count() AS n,
       max(started_at) AS last_seen, argMax(code_exec_logs.execution_id, started_at) AS execution_id
     FROM code_exec_logs FINAL WHERE ${where.sql} AND error_fingerprint IS NOT NULL
     GROUP BY fingerprint ORDER BY n DESC, last_seen DESC LIMIT ${TOP_ERRORS}`,
    where.parameters,
  )
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    message: row.message ?? '',
    count: Number(row.n),
    lastSeen: toIso(row.last_seen),
    executionId: row.execution_id,
  }))
}
