/** Compares the counters of budgets with the store while the service runs. */
import { describeWarning } from '../budgets/exceeded.ts'
import { partsOf } from '../budgets/subject.ts'
import { periodAt } from '../cost/period.ts'
import { dropLapsedHolds, lockBudgets, noteWarnings, raiseSpend } from '../metadata/budget-ledger.ts'
import { claimUnreconciled, type Budget, type BudgetSubject } from '../metadata/budgets.ts'
import type { Database } from '../metadata/database.ts'
import type { Store } from '../store/client.ts'
import type { Filter } from '../store/filter.ts'
import { getBudgetSpend, type StoredSpend } from '../store/queries/budget-spend.ts'
import { repeat, type Repetition } from './repeat.ts'

const EVERY_MS = 15_000
/** How often each budget is compared. */
const RECONCILED_EVERY_MS = 60_000
/** Budgets of one round, each with a query to the store. */
const CLAIMED_MAX = 50
/** Executors count within half of this time, or leave it to the store. */
export const ARRIVED_BEFORE_MS = 60_000

interface Parts {
  store: Store
  database: Database
  /** One line for the operator. */
  log: (line: string) => void
}

/** Several services share the work. */
export function keepBudgets(parts: Parts): Repetition {
  return repeat(() => reconcileBudgets(parts, { now: Date.now(), everyMs: RECONCILED_EVERY_MS }), {
    everyMs: EVERY_MS,
    log: parts.log,
    failure: 'Budgets are not compared with the store',
  })
}

/**
 * Raises counters to what the store has. They lack executions that no service counted, or whose executor was killed first.
 * Rows that arrived within the last minute are left out, since their executors may be counting them.
 * @param everyMs budgets that were compared longer ago than this, ms
 * @param now ms since the epoch
 */
export async function reconcileBudgets(
  { store, database, log }: Parts,
  { now, everyMs }: { now: number; everyMs: number },
): Promise<void> {
  const { queries } = database
  await dropLapsedHolds(queries)
  for (const budget of await claimUnreconciled(queries, { everyMs, limit: CLAIMED_MAX })) {
    const spent = await storedSpend(store, budget, now, now - ARRIVED_BEFORE_MS)
    const warnings = await queries.transaction().execute(async (transaction) => {
      const locked = (await lockBudgets(transaction, [budget.id])).get(budget.id)
      if (locked === undefined) return []
      const periodStart = periodAt(budget.period, now).from
      const spentNanoUsd = await raiseSpend(transaction, { budgetId: budget.id, periodStart, ...spent })
      return noteWarnings(transaction, [{ budget: locked, periodStart, spentNanoUsd }])
    })
    for (const warning of warnings) log(describeWarning(warning))
  }
}

/** What the store has of the executions of a subject in the current period. @param arrivedBy ms since the epoch */
export function storedSpend(
  store: Store,
  budget: BudgetSubject & Pick<Budget, 'period'>,
  now: number,
  arrivedBy = now,
): Promise<StoredSpend> {
  return getBudgetSpend(store, {
    scope: { organizationId: budget.organizationId },
    window: periodAt(budget.period, now),
    filter: executionsOf(budget),
    arrivedBy: new Date(arrivedBy).toISOString(),
  })
}

/** Those of its organization's executions that a budget is for. */
export function executionsOf(subject: BudgetSubject): Filter {
  return {
    terms: partsOf(subject).map(({ field, value }) => ({ field, operator: '=', values: [value] })),
  }
}
