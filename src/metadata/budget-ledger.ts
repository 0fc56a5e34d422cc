/** What is spent of budgets and reserved by running executions. Every change locks its budgets first, in one order. */
import { sql } from 'kysely'
import { toBudget, WARNING_PERCENTS, type Budget, type WarningPercent } from './budgets.ts'
import type { Queries } from './database.ts'

/** What executions that ended spent of a budget in a period. */
export interface Spend {
  budgetId: string
  /** ISO 8601 UTC */
  periodStart: string
  nanoUsd: number
  count: number
  /** Of these, the ones whose cost is unknown in whole or in part. */
  unpricedCount: number
}

/** What an executor reserves of a budget for what it runs. */
export interface Hold {
  budgetId: string
  reservedNanoUsd: number
  runningCount: number
}

/** A budget was used to so many percent. */
export interface BudgetWarning {
  budget: Budget
  periodStart: string
  percent: WarningPercent
  spentNanoUsd: number
}

/** The budgets of these ids that are there, locked until the transaction ends. */
export async function lockBudgets(queries: Queries, ids: readonly string[]): Promise<Map<string, Budget>> {
  const rows = await queries
    .selectFrom('budgets')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return new Map(rows.map((row) => [row.id, toBudget(row)]))
}

/** Adds to what is spent. @returns each with what is spent now */
export async function addSpends(queries: Queries, spends: readonly Spend[]): Promise<Spend[]> {
  const rows = await queries
    .insertInto('budget_use')
    .values(spends.map(toUse))
    .onConflict((conflict) =>
      conflict.columns(['budget_id', 'period_start']).doUpdateSet({
        spent_nano_usd: sql`budget_use.spent_nano_usd + excluded.spent_nano_usd`,
        executions: sql`budget_use.executions + excluded.executions`,
        unpriced: sql`budget_use.unpriced + excluded.unpriced`,
      }),
    )
    .returningAll()
    .execute()
  return rows.map((row) => ({
    budgetId: row.budget_id,
    periodStart: new Date(row.period_start).toISOString(),
    nanoUsd: Number(row.spent_nano_usd),
    count: Number(row.executions),
    unpricedCount: Number(row.unpriced),
  }))
}

/** Raises what is spent to at least this. @returns what is spent now */
export async function raiseSpend(queries: Queries, spend: Spend): Promise<number> {
  const row = await queries
    .insertInto('budget_use')
    .values(toUse(spend))
    .onConflict((conflict) =>
      conflict.columns(['budget_id', 'period_start']).doUpdateSet({
        spent_nano_usd: sql`greatest(budget_use.spent_nano_usd, excluded.spent_nano_usd)`,
        executions: sql`greatest(budget_use.executions, excluded.executions)`,
        // Prices may have been set since.
        unpriced: sql`CASE WHEN excluded.executions >= budget_use.executions THEN excluded.unpriced ELSE budget_use.unpriced END`,
      }),
    )
    .returning('spent_nano_usd')
    .executeTakeFirstOrThrow()
  return Number(row.spent_nano_usd)
}

function toUse({ budgetId, periodStart, nanoUsd, count, unpricedCount }: Spend) {
  return {
    budget_id: budgetId,
    period_start: periodStart,
    spent_nano_usd: nanoUsd,
    executions: count,
    unpriced: unpricedCount,
  }
}

/** What is spent of each budget in its period, 10⁻⁹ USD; without an entry where nothing is. */
export async function readSpent(
  queries: Queries,
  periods: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  const rows = await queries
    .selectFrom('budget_use')
    .select(['budget_id', 'period_start', 'spent_nano_usd'])
    .where('budget_id', 'in', [...periods.keys()])
    .where('period_start', 'in', [...new Set(periods.values())])
    .execute()
  const current = rows.filter(
    (row) => new Date(row.period_start).toISOString() === periods.get(row.budget_id),
  )
  return new Map(current.map((row) => [row.budget_id, Number(row.spent_nano_usd)]))
}

/** What other executors that live have reserved of each budget, 10⁻⁹ USD. */
export async function readOthersHolds(
  queries: Queries,
  ids: readonly string[],
  executorId: string,
): Promise<Map<string, number>> {
  const rows = await queries
    .selectFrom('budget_holds')
    .select(['budget_id', sql<string>`sum(reserved_nano_usd)`.as('reserved')])
    .where('budget_id', 'in', ids)
    .where('executor_id', '!=', executorId)
    .where('expires_at', '>', sql<Date>`now()`)
    .groupBy('budget_id')
    .execute()
  return new Map(rows.map((row) => [row.budget_id, Number(row.reserved)]))
}

/** Writes what an executor reserves of some budgets; it lapses after `lifeMs`. */
export async function writeHolds(
  queries: Queries,
  { executorId, holds, lifeMs }: { executorId: string; holds: readonly Hold[]; lifeMs: number },
): Promise<void> {
  const [held, over] = [
    holds.filter(({ runningCount }) => runningCount > 0),
    holds.filter(({ runningCount }) => runningCount === 0),
  ]
  if (over.length > 0)
    await queries
      .deleteFrom('budget_holds')
      .where('executor_id', '=', executorId)
      .where(
        'budget_id',
        'in',
        over.map(({ budgetId }) => budgetId),
      )
      .execute()
  if (held.length === 0) return
  const expires = sql<Date>`now() + ${lifeMs} * interval '1 millisecond'`
  await queries
    .insertInto('budget_holds')
    .values(
      held.map(({ budgetId, reservedNanoUsd, runningCount }) => ({
        budget_id: budgetId,
        executor_id: executorId,
        reserved_nano_usd: reservedNanoUsd,
        running: runningCount,
        expires_at: expires,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['budget_id', 'executor_id']).doUpdateSet({
        reserved_nano_usd: sql`excluded.reserved_nano_usd`,
        running: sql`excluded.running`,
        expires_at: sql`excluded.expires_at`,
      }),
    )
    .execute()
}

/** Removes what executors that died had reserved. */
export async function dropLapsedHolds(queries: Queries): Promise<void> {
  await queries
    .deleteFrom('budget_holds')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute()
}

/** How much of a budget is spent in a period. */
export type SpentBudget = Omit<BudgetWarning, 'percent'>

/** Notes which percents of budgets are reached. @returns those that were not noted before */
export async function noteWarnings(
  queries: Queries,
  spent: readonly SpentBudget[],
): Promise<BudgetWarning[]> {
  const reached = spent.flatMap((one) =>
    percentsReached(one.budget, one.spentNanoUsd).map((percent) => Object.assign({ percent }, one)),
  )
  if (reached.length === 0) return []
  const rows = await queries
    .insertInto('budget_warnings')
    .values(
      reached.map(({ budget, periodStart, percent, spentNanoUsd }) => ({
        budget_id: budget.id,
        period_start: periodStart,
        percent,
        spent_nano_usd: spentNanoUsd,
        limit_nano_usd: budget.limitNanoUsd,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['budget_id', 'period_start', 'percent'])
    .execute()
  const noted = new Set(
    rows.map((row) => `${row.budget_id} ${new Date(row.period_start).toISOString()} ${row.percent}`),
  )
  return reached.filter(({ budget, periodStart, percent }) =>
    noted.has(`${budget.id} ${new Date(periodStart).toISOString()} ${percent}`),
  )
}

/** Forgets the warnings that a new limit has taken back, so that they come again. */
export async function forgetWarnings(
  queries: Queries,
  { budget, periodStart, spentNanoUsd }: SpentBudget,
): Promise<void> {
  const kept = percentsReached(budget, spentNanoUsd)
  const all = queries
    .deleteFrom('budget_warnings')
    .where('budget_id', '=', budget.id)
    .where('period_start', '=', periodStart)
  await (kept.length === 0 ? all : all.where('percent', 'not in', kept)).execute()
}

/** Percents of a limit that a sum has reached. */
export function percentsReached(
  { limitNanoUsd }: Pick<Budget, 'limitNanoUsd'>,
  nanoUsd: number,
): WarningPercent[] {
  return WARNING_PERCENTS.filter((percent) => nanoUsd / limitNanoUsd >= percent / 100)
}
