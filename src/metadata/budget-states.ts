/** How budgets stand: what the API, the command line, the dashboard and alerts read. */
import { sql, type Expression, type Selectable, type SqlBool } from 'kysely'
import { periodAt } from '../cost/period.ts'
import type { Scope } from '../store/scope.ts'
import { toBudget, type Budget, type WarningPercent } from './budgets.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

/** A budget and how it stands in the current period. Amounts are 10⁻⁹ USD, times ISO 8601 UTC. */
export interface BudgetState extends Budget {
  /** Beginning of the period. */
  from: string
  /** Its end: nothing is spent of the next one. */
  resetsAt: string
  /** Known costs of the executions that ended. */
  spentNanoUsd: number
  /** What running executions may cost by their limits; only where the budget refuses. */
  reservedNanoUsd: number
  runningCount: number
  /** Executions that ended. */
  count: number
  /** Of these, the ones whose cost is unknown in whole or in part: they are not in `spentNanoUsd`, or not wholly. */
  unpricedCount: number
  /** Spent over limit. */
  usedRatio: number
  state: 'ok' | 'warning' | 'exceeded'
  warnings: readonly { percent: WarningPercent; at: string }[]
}

/** How the budgets of a scope stand, by what they are for. @param now ms since the epoch */
export async function budgetStates(queries: Queries, scope: Scope, now: number): Promise<BudgetState[]> {
  return readStates(queries, tenantCondition(scope), now)
}

/** How one budget stands; null when there is none in the scope. */
export async function budgetState(
  queries: Queries,
  scope: Scope,
  id: string,
  now: number,
): Promise<BudgetState | null> {
  const [found] = await readStates(queries, sql<SqlBool>`${tenantCondition(scope)} and id::text = ${id}`, now)
  return found ?? null
}

const LISTED = 1_000

async function readStates(
  queries: Queries,
  condition: Expression<SqlBool>,
  now: number,
): Promise<BudgetState[]> {
  const rows = await queries
    .selectFrom('budgets')
    .selectAll()
    .where(condition)
    .orderBy('organization_id')
    .orderBy('workspace_id')
    .orderBy('code_agent_id')
    .orderBy('user_id')
    .orderBy('period')
    .limit(LISTED)
    .execute()
  const budgets = rows.map(toBudget)
  if (budgets.length === 0) return []
  const { uses, warnings, holds } = await readUse(queries, budgets, now)
  return budgets.map((budget) => {
    const ofPeriod = (row: { budget_id: string; period_start: Date | string }): boolean =>
      row.budget_id === budget.id && toIso(row.period_start) === periodAt(budget.period, now).from
    return stateOf(budget, {
      now,
      use: uses.find(ofPeriod),
      warnings: warnings.filter(ofPeriod),
      hold: holds.find(({ budget_id: id }) => id === budget.id),
    })
  })
}

async function readUse(queries: Queries, budgets: readonly Budget[], now: number) {
  const ids = budgets.map(({ id }) => id)
  const starts = [...new Set(budgets.map(({ period }) => periodAt(period, now).from))]
  const inPeriods = sql<SqlBool>`budget_id = any(${ids}::uuid[]) and period_start = any(${starts}::timestamptz[])`
  const holds = queries
    .selectFrom('budget_holds')
    .select([
      'budget_id',
      sql<string>`sum(reserved_nano_usd)`.as('reserved'),
      sql<string>`sum(running)`.as('running'),
    ])
    .where('budget_id', 'in', ids)
    .where('expires_at', '>', sql<Date>`now()`)
    .groupBy('budget_id')
  return {
    uses: await queries.selectFrom('budget_use').selectAll().where(inPeriods).execute(),
    warnings: await queries
      .selectFrom('budget_warnings')
      .selectAll()
      .where(inPeriods)
      .orderBy('percent')
      .execute(),
    holds: await holds.execute(),
  }
}

interface Standing {
  now: number
  use: Selectable<Tables['budget_use']> | undefined
  warnings: readonly Selectable<Tables['budget_warnings']>[]
  hold: { reserved: string; running: string } | undefined
}

function stateOf(budget: Budget, { now, use, warnings, hold }: Standing): BudgetState {
  const { from, to } = periodAt(budget.period, now)
  const spentNanoUsd = Number(use?.spent_nano_usd ?? 0)
  const usedRatio = spentNanoUsd / budget.limitNanoUsd
  return {
    ...budget,
    from,
    resetsAt: to,
    spentNanoUsd,
    reservedNanoUsd: Number(hold?.reserved ?? 0),
    runningCount: Number(hold?.running ?? 0),
    count: Number(use?.executions ?? 0),
    unpricedCount: Number(use?.unpriced ?? 0),
    usedRatio,
    state: usedRatio >= 1 ? 'exceeded' : usedRatio >= 0.5 ? 'warning' : 'ok',
    warnings: warnings.map(({ percent, at }) => ({ percent, at: at.toISOString() })),
  }
}

/** A time of Postgres. */
function toIso(time: Date | string): string {
  return typeof time === 'string' ? time : time.toISOString()
}
