/** What every statistic says of a set of executions: its SQL, and its figures. */
import { shareOf } from '../cost/money.ts'

/** Distribution of a measure over `count` executions that have it; null when none has. Percentiles are estimates. */
export interface Distribution {
  count: number
  avg: number | null
  p50: number | null
  p75: number | null
  p90: number | null
  p95: number | null
  p99: number | null
  max: number | null
}

/** Total of a measure over the `count` executions that have it; null when none has. */
export interface Total {
  count: number
  sum: number | null
  avg: number | null
}

/** Figures of a set of executions. Rates are 0–1, null when nothing was counted; costs are in 10⁻⁹ USD. */
export interface Figures {
  count: number
  successCount: number
  successRate: number | null
  /** Executions per second of the window. */
  ratePerSecond: number
  validationCount: number
  validationPassRate: number | null
  durationMs: Distribution
  queueMs: Distribution
  startupMs: Distribution
  memoryPeakBytes: Distribution
  tokensUsed: Total
  inputTokens: Total
  outputTokens: Total
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
  costTokensNanoUsd: number | null
}

/** Cost of an execution: what was set aside for it, or where that is unknown what it used. */
export const COST = 'coalesce(cost_allocated_nano_usd, cost_run_nano_usd)'

/** Of a duration; one of 0 has none. */
export const LOG_DURATION = 'log(greatest(toFloat64(duration_ms), 0.001))'

/** Of percentiles. */
export const LEVELS = '0.5, 0.75, 0.9, 0.95, 0.99'

function distributionOf(column: string): string {
  const value = `toFloat64(${column})`
  return `arrayConcat([toFloat64(count(${column})), avg(${value})], quantilesTDigest(${LEVELS})(${value}), [max(${value})])`
}

function totalOf(column: string): string {
  return `[toFloat64(count(${column})), toFloat64(sum(${column})), avg(${column})]`
}

/** The columns of `FiguresRow` in a SELECT over executions. */
export const FIGURES = `count() AS n, countIf(success) AS successes,
  count(validation_passed) AS validations, countIf(validation_passed) AS validations_passed,
  ${distributionOf('duration_ms')} AS duration, ${distributionOf('queue_ms')} AS queue,
  ${distributionOf('startup_ms')} AS startup, ${distributionOf('memory_peak_bytes')} AS memory,
  ${totalOf('tokens_used')} AS tokens, ${totalOf('input_tokens')} AS tokens_in, ${totalOf('output_tokens')} AS tokens_out,
  sum(cost_run_nano_usd) AS cost_run, sum(cost_allocated_nano_usd) AS cost_allocated,
  sum(cost_tokens_nano_usd) AS cost_tokens`

type Numbers = readonly (number | null)[]

export interface FiguresRow {
  n: string
  successes: string
  validations: string
  validations_passed: string
  duration: Numbers
  queue: Numbers
  startup: Numbers
  memory: Numbers
  tokens: Numbers
  tokens_in: Numbers
  tokens_out: Numbers
  cost_run: string | null
  cost_allocated: string | null
  cost_tokens: string | null
}

/**
 * The figures of a row, or of nothing.
 * @param seconds length of the window that the row is over
 */
export function toFigures(row: FiguresRow | undefined, seconds: number): Figures {
  const count = Number(row?.n ?? 0)
  const successCount = Number(row?.successes ?? 0)
  const validationCount = Number(row?.validations ?? 0)
  return {
    count,
    successCount,
    successRate: shareOf(successCount, count),
    ratePerSecond: seconds > 0 ? count / seconds : 0,
    validationCount,
    validationPassRate: shareOf(Number(row?.validations_passed ?? 0), validationCount),
    durationMs: toDistribution(row?.duration),
    queueMs: toDistribution(row?.queue),
    startupMs: toDistribution(row?.startup),
    memoryPeakBytes: toDistribution(row?.memory),
    tokensUsed: toTotal(row?.tokens),
    inputTokens: toTotal(row?.tokens_in),
    outputTokens: toTotal(row?.tokens_out),
    costRunNanoUsd: toSum(row?.cost_run),
    costAllocatedNanoUsd: toSum(row?.cost_allocated),
    costTokensNanoUsd: toSum(row?.cost_tokens),
  }
}

function toDistribution(values: Numbers = []): Distribution {
  const [count, avg, p50, p75, p90, p95, p99, max] = values
  const of = (value: number | null | undefined): number | null => (count ? (value ?? null) : null)
  return {
    count: count ?? 0,
    avg: of(avg),
    p50: of(p50),
    p75: of(p75),
    p90: of(p90),
    p95: of(p95),
    p99: of(p99),
    max: of(max),
  }
}

function toTotal(values: Numbers = []): Total {
  const [count, sum, avg] = values
  return { count: count ?? 0, sum: count ? (sum ?? null) : null, avg: count ? (avg ?? null) : null }
}

function toSum(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}
