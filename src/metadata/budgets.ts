/** The table of budgets. */
import { sql, type Selectable } from 'kysely'
import type { BudgetPeriod } from '../cost/period.ts'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

/** What happens when a budget is spent. */
export const BUDGET_ACTIONS = ['warn', 'refuse'] as const
export type BudgetAction = (typeof BUDGET_ACTIONS)[number]
/** Whose keys may change a budget. */
export type BudgetSetter = 'installation' | 'organization' | 'workspace'
/** Percent of the limit at which a budget warns, once in a period. */
export const WARNING_PERCENTS = [50, 80, 100] as const
export type WarningPercent = (typeof WARNING_PERCENTS)[number]

/** Whose executions a budget is for: all that have the given values. */
export interface BudgetSubject {
  organizationId: string
  /** Null: every one. */
  workspaceId: string | null
  codeAgentId: string | null
  userId: string | null
}

export interface Budget extends BudgetSubject {
  id: string
  period: BudgetPeriod
  /** 10⁻⁹ USD in a period. */
  limitNanoUsd: number
  action: BudgetAction
  setBy: BudgetSetter
  /** ISO 8601 UTC */
  changedAt: string
  /** Name of the key that changed it last. */
  changedBy: string
}

/** Budgets of one organization, at most: each execution is held against them. */
export const BUDGETS_MAX = 200

/** The budgets that executions of an organization may be under. */
export async function budgetsOf(queries: Queries, organizationId: string): Promise<Budget[]> {
  const rows = await queries
    .selectFrom('budgets')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('id')
    .limit(BUDGETS_MAX)
    .execute()
  return rows.map(toBudget)
}

export type NewBudget = Omit<Budget, 'changedAt'>

/** The budget of a subject and period, locked until the transaction ends. */
export async function lockBudgetOf(
  queries: Queries,
  { organizationId, workspaceId, codeAgentId, userId, period }: BudgetSubject & { period: BudgetPeriod },
): Promise<Budget | null> {
  const row = await queries
    .selectFrom('budgets')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('workspace_id', '=', workspaceId ?? '')
    .where('code_agent_id', '=', codeAgentId ?? '')
    .where('user_id', '=', userId ?? '')
    .where('period', '=', period)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? null : toBudget(row)
}

/** Sets the limit and the action of a subject and period. @returns the changed budget */
export async function putBudget(queries: Queries, budget: NewBudget): Promise<Budget> {
  const changed = {
    limit_nano_usd: budget.limitNanoUsd,
    action: budget.action,
    set_by: budget.setBy,
    changed_by: budget.changedBy,
  }
  const row = await queries
    .insertInto('budgets')
    .values({
      id: budget.id,
      organization_id: budget.organizationId,
      workspace_id: budget.workspaceId ?? '',
      code_agent_id: budget.codeAgentId ?? '',
      user_id: budget.userId ?? '',
      period: budget.period,
      ...changed,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'workspace_id', 'code_agent_id', 'user_id', 'period'])
        .doUpdateSet({ ...changed, changed_at: sql<Date>`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return toBudget(row)
}

/** The budget with its use, if the scope may see it, locked until the transaction ends. */
export async function lockBudget(queries: Queries, scope: Scope, id: string): Promise<Budget | null> {
  const row = await queries
    .selectFrom('budgets')
    .selectAll()
    .where(tenantCondition(scope))
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? null : toBudget(row)
}

/** Deletes it with its use and its warnings. */
export async function deleteBudget(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom('budgets').where('id', '=', id).execute()
}

/**
 * Claims the budgets that were compared with the store longest ago. Other services do not claim them for `everyMs`.
 */
export async function claimUnreconciled(
  queries: Queries,
  { everyMs, limit }: { everyMs: number; limit: number },
): Promise<Budget[]> {
  const due = queries
    .selectFrom('budgets')
    .select('id')
    .where('reconciled_at', '<=', sql<Date>`now() - ${everyMs} * interval '1 millisecond'`)
    .orderBy('reconciled_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
  const rows = await queries
    .updateTable('budgets')
    .set({ reconciled_at: sql<Date>`now()` })
    .where('id', 'in', due)
    .returningAll()
    .execute()
  return rows.map(toBudget)
}

export async function countBudgets(queries: Queries, organizationId: string): Promise<number> {
  const { count } = await queries
    .selectFrom('budgets')
    .select(sql<string>`count(*)`.as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export function toBudget(row: Selectable<Tables['budgets']>): Budget {
  return {
    id: row.id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id || null,
    codeAgentId: row.code_agent_id || null,
    userId: row.user_id || null,
    period: row.period,
    limitNanoUsd: Number(row.limit_nano_usd),
    action: row.action,
    setBy: row.set_by,
    changedAt: row.changed_at.toISOString(),
    changedBy: row.changed_by,
  }
}
