/** What the store knows of a budget's executions. */
import type { Store } from '../client.ts'
import { COST_FIGURES, toCostFigures, type CostRow } from '../cost-measures.ts'
import { filtered, type Filter } from '../filter.ts'
import { COST } from '../measures.ts'
import { toClickHouseTime } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

export interface StoredSpend {
  /** 10⁻⁹ USD, of the executions whose cost is known. */
  nanoUsd: number
  count: number
  /** Executions whose cost is unknown in whole or in part. */
  unpricedCount: number
}

/** Sums of executions by when they started and when their rows had arrived. @param arrivedBy ISO 8601 UTC */
export async function getBudgetSpend(
  store: Store,
  { scope, window, filter, arrivedBy }: { scope: Scope; window: Window; filter: Filter; arrivedBy: string },
): Promise<StoredSpend> {
  const where = narrow(
    filtered(tenantCondition(scope, window), filter),
    'inserted_at < {arrivedBy:DateTime64(9)}',
    { arrivedBy: toClickHouseTime(arrivedBy) },
  )
  const [row] = await store.query<CostRow & { partly: string }>(
    `SELECT ${COST_FIGURES}, countIf(or(isNull(${COST}), and(isNotNull(tokens_used), isNull(cost_tokens_nano_usd)))) AS partly
     FROM code_exec_logs FINAL WHERE ${where.sql}`,
    where.parameters,
  )
  const { count, costNanoUsd } = toCostFigures(row)
  return { count, nanoUsd: costNanoUsd ?? 0, unpricedCount: Number(row?.partly ?? 0) }
}
