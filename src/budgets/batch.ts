/** One transaction over the budgets: executions that ended are counted, then those that wait are admitted, in order. */
import { periodAt } from '../cost/period.ts'
import type { ExectrailError } from '../errors.ts'
import {
  addSpends,
  lockBudgets,
  noteWarnings,
  readOthersHolds,
  readSpent,
  writeHolds,
  type BudgetWarning,
  type Hold,
  type Spend,
} from '../metadata/budget-ledger.ts'
import type { Budget } from '../metadata/budgets.ts'
import type { Database, Queries } from '../metadata/database.ts'
import { budgetExceeded } from './exceeded.ts'
import { changeHolds, type Reservation } from './holds.ts'

/** An executor that dies leaves its reservations for so long, ms. */
export const HOLD_LIFE_MS = 20_000

export interface Batch {
  executorId: string
  spends: readonly Spend[]
  /** Those of executions that ended. */
  ended: readonly Reservation[]
  /** Those of executions that want to begin. */
  asked: readonly Reservation[]
  /** What this executor holds, by budget, before the batch. */
  held: ReadonlyMap<string, Hold>
  /** Their reservations are to last. */
  renewed: readonly string[]
  /** ms since the epoch */
  now: number
}

export interface BatchResult {
  /** Why each of `asked` may not begin; null where it may. */
  refusals: readonly (ExectrailError | null)[]
  held: ReadonlyMap<string, Hold>
  warnings: readonly BudgetWarning[]
}

/** @throws {MetadataError} when Postgres does not answer; nothing is written then */
export function commitBatch({ queries }: Database, batch: Batch): Promise<BatchResult> {
  return queries.transaction().execute((transaction) => runBatch(transaction, batch))
}

async function runBatch(queries: Queries, batch: Batch): Promise<BatchResult> {
  const { spends, ended, asked, renewed, executorId } = batch
  const changed = [...ended, ...asked].flatMap(({ budgetIds }) => budgetIds)
  const ids = [...new Set([...changed, ...renewed, ...spends.map(({ budgetId }) => budgetId)])]
  const budgets = await lockBudgets(queries, ids)
  const warnings = await countSpends(queries, budgets, merged(spends, budgets))
  const held = new Map(batch.held)
  for (const reservation of ended) changeHolds(held, reservation, -1)
  const refusals = asked.length === 0 ? [] : await admit(queries, { batch, budgets, held })
  const written = new Set([...changed, ...renewed].filter((id) => budgets.has(id)))
  const holds = [...written].map(
    (id) => held.get(id) ?? { budgetId: id, reservedNanoUsd: 0, runningCount: 0 },
  )
  if (holds.length > 0) await writeHolds(queries, { executorId, holds, lifeMs: HOLD_LIFE_MS })
  return { refusals, held, warnings }
}

/** One entry for each budget and period, in the order of their ids; none for budgets that were deleted. */
function merged(spends: readonly Spend[], budgets: ReadonlyMap<string, Budget>): Spend[] {
  const sums = new Map<string, Spend>()
  for (const spend of spends) {
    if (!budgets.has(spend.budgetId)) continue
    const key = `${spend.budgetId} ${spend.periodStart}`
    const sum = sums.get(key) ?? { ...spend, nanoUsd: 0, count: 0, unpricedCount: 0 }
    sum.nanoUsd += spend.nanoUsd
    sum.count += spend.count
    sum.unpricedCount += spend.unpricedCount
    sums.set(key, sum)
  }
  return [...sums.values()]
}

async function countSpends(
  queries: Queries,
  budgets: ReadonlyMap<string, Budget>,
  spends: readonly Spend[],
): Promise<BudgetWarning[]> {
  if (spends.length === 0) return []
  const spent = await addSpends(queries, spends)
  return noteWarnings(
    queries,
    spent.flatMap(({ budgetId, periodStart, nanoUsd }) => {
      const budget = budgets.get(budgetId)
      return budget === undefined ? [] : [{ budget, periodStart, spentNanoUsd: nanoUsd }]
    }),
  )
}

interface Admitting {
  batch: Batch
  budgets: ReadonlyMap<string, Budget>
  /** Grows with each admitted reservation. */
  held: Map<string, Hold>
}

/** An execution may begin while what is spent and what running ones reserve is below the limit of each of its budgets. */
async function admit(
  queries: Queries,
  { batch, budgets, held }: Admitting,
): Promise<(ExectrailError | null)[]> {
  const { asked, executorId, now } = batch
  const ids = [...new Set(asked.flatMap(({ budgetIds }) => budgetIds))].filter((id) => budgets.has(id))
  if (ids.length === 0) return asked.map(() => null)
  const periods = new Map(
    ids.map((id) => [id, periodAt(budgets.get(id)?.period ?? 'day', now).from] as const),
  )
  const [spent, others] = [await readSpent(queries, periods), await readOthersHolds(queries, ids, executorId)]
  return asked.map((reservation) => {
    for (const id of reservation.budgetIds) {
      const budget = budgets.get(id)
      if (budget === undefined || budget.action !== 'refuse') continue
      const standing = {
        spent: spent.get(id) ?? 0,
        reserved: (others.get(id) ?? 0) + (held.get(id)?.reservedNanoUsd ?? 0),
        now,
      }
      if (standing.spent + standing.reserved >= budget.limitNanoUsd) return budgetExceeded(budget, standing)
    }
    changeHolds(held, reservation, 1)
    return null
  })
}
