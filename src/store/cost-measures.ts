/** What every question about costs says of a set of executions: its SQL, and its figures in 10⁻⁹ USD. */
import { COST } from './measures.ts'

/** Cost of a part of the executions; null where none of them has a known cost. */
export interface CostShare {
  count: number
  costNanoUsd: number | null
}

/** Costs of a set of executions, 10⁻⁹ USD: sums of what is known, null where nothing is. */
export interface CostFigures {
  count: number
  successCount: number
  /** Resources (held, or where that is unknown used) and tokens. */
  costNanoUsd: number | null
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
  costTokensNanoUsd: number | null
  /** The cost over the executions that succeeded; null where none did. */
  perSuccessNanoUsd: number | null
  /** Executions whose resources have no known cost. */
  unpricedCount: number
  /** Executions whose tokens have no known cost. */
  tokensUnpricedCount: number
  failures: CostShare
  timeouts: CostShare
}

/** The whole cost of a row. */
export const WHOLE_COST = `if(isNull(${COST}) AND isNull(cost_tokens_nano_usd), NULL, ifNull(${COST}, 0) + ifNull(cost_tokens_nano_usd, 0))`

/** The columns of `CostRow` in a SELECT over executions. */
export const COST_FIGURES = `count() AS n, countIf(success) AS successes, sum(${WHOLE_COST}) AS whole,
  sum(cost_run_nano_usd) AS of_run, sum(cost_allocated_nano_usd) AS of_allocated, sum(cost_tokens_nano_usd) AS of_tokens,
  countIf(isNull(${COST})) AS unpriced, countIf(isNotNull(tokens_used) AND isNull(cost_tokens_nano_usd)) AS tokens_unpriced,
  sumIf(${WHOLE_COST}, NOT success) AS of_failures,
  countIf(outcome = 'timeout') AS timeouts, sumIf(${WHOLE_COST}, outcome = 'timeout') AS of_timeouts`

/** What groups are ordered by, the greatest first. */
export const COST_ORDERS = ['cost', 'tokens', 'failures', 'perSuccess', 'count'] as const
export type CostOrder = (typeof COST_ORDERS)[number]

export const COST_ORDER_SQL: Readonly<Record<CostOrder, string>> = {
  cost: `ifNull(sum(${WHOLE_COST}), 0)`,
  tokens: 'ifNull(sum(cost_tokens_nano_usd), 0)',
  failures: `ifNull(sumIf(${WHOLE_COST}, NOT success), 0)`,
  perSuccess: `ifNull(if(countIf(success) = 0, NULL, sum(${WHOLE_COST}) / countIf(success)), 0)`,
  count: 'count()',
}

export interface CostRow {
  n: string
  successes: string
  whole: string | null
  of_run: string | null
  of_allocated: string | null
  of_tokens: string | null
  unpriced: string
  tokens_unpriced: string
  of_failures: string | null
  timeouts: string
  of_timeouts: string | null
}

/** The figures of a row, or of no executions, which cost 0. Sums beyond 2⁵³ (9 million USD) lose digits. */
export function toCostFigures(row: CostRow | undefined): CostFigures {
  const count = Number(row?.n ?? 0)
  const sumOf = (value: string | null | undefined, over = count): number | null => {
    if (over === 0) return 0
    return value === null || value === undefined ? null : Number(value)
  }
  const successCount = Number(row?.successes ?? 0)
  const costNanoUsd = sumOf(row?.whole)
  const failureCount = count - successCount
  const timeoutCount = Number(row?.timeouts ?? 0)
  return {
    count,
    successCount,
    costNanoUsd,
    costRunNanoUsd: sumOf(row?.of_run),
    costAllocatedNanoUsd: sumOf(row?.of_allocated),
    costTokensNanoUsd: sumOf(row?.of_tokens),
    perSuccessNanoUsd:
      costNanoUsd === null || successCount === 0 ? null : Math.round(costNanoUsd / successCount),
    unpricedCount: Number(row?.unpriced ?? 0),
    tokensUnpricedCount: Number(row?.tokens_unpriced ?? 0),
    failures: { count: failureCount, costNanoUsd: sumOf(row?.of_failures, failureCount) },
    timeouts: { count: timeoutCount, costNanoUsd: sumOf(row?.of_timeouts, timeoutCount) },
  }
}
