/** Sets, lists and deletes budgets. Every change is in the audit log. */
import { randomUUID } from 'node:crypto'
import { periodAt, type BudgetPeriod } from '../cost/period.ts'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { appendAudit, type Actor, type Caller } from '../metadata/audit-log.ts'
import { forgetWarnings, noteWarnings, raiseSpend } from '../metadata/budget-ledger.ts'
import { budgetState, budgetStates, type BudgetState } from '../metadata/budget-states.ts'
import {
  BUDGETS_MAX,
  countBudgets,
  deleteBudget as deleteStored,
  lockBudget,
  lockBudgetOf,
  putBudget,
  type Budget,
  type BudgetAction,
  type BudgetSetter,
  type BudgetSubject,
} from '../metadata/budgets.ts'
import type { Database, Queries } from '../metadata/database.ts'
import type { Store } from '../store/client.ts'
import type { Scope } from '../store/scope.ts'
import { isUuid } from '../uuid.ts'
import { bindTenant } from './bind-tenant.ts'
import { storedSpend } from './keep-budgets.ts'

/** What a budget is to be. Without an organization it is that of the caller's key, or `default`. */
export interface BudgetRequest {
  organizationId?: string | undefined
  workspaceId?: string | null | undefined
  codeAgentId?: string | null | undefined
  userId?: string | null | undefined
  period: BudgetPeriod
  /** 10⁻⁹ USD in a period. */
  limitNanoUsd: number
  /** @default warn */
  action?: BudgetAction | undefined
}

export function listBudgets({ queries }: Database, scope: Scope): Promise<BudgetState[]> {
  return budgetStates(queries, scope, Date.now())
}

/**
 * Makes the budget of a subject and period, or changes its limit and action. What was spent in the period so far is taken
 * from the store.
 * @throws {ExectrailError} `forbidden` for a tenant that is not the caller's, or a budget that the installation has set
 */
export async function setBudget(
  { store, database }: { store: Store; database: Database },
  { scope, actor }: Caller,
  request: BudgetRequest,
): Promise<BudgetState> {
  const now = Date.now()
  const subject = bindSubject(request, scope)
  const spent = await storedSpend(store, { ...subject, period: request.period }, now)
  const { id } = await database.queries.transaction().execute(async (transaction) => {
    const before = await lockBudgetOf(transaction, { ...subject, period: request.period })
    if (before === null) await requireRoom(transaction, subject.organizationId)
    else requireOwn(before, scope)
    const { period, limitNanoUsd, action = 'warn' } = request
    const budget = await putBudget(transaction, {
      id: before?.id ?? randomUUID(),
      ...subject,
      period,
      limitNanoUsd,
      action,
      setBy: setterOf(scope),
      changedBy: actor.name,
    })
    const periodStart = periodAt(period, now).from
    const spentNanoUsd = await raiseSpend(transaction, { budgetId: budget.id, periodStart, ...spent })
    await forgetWarnings(transaction, { budget, periodStart, spentNanoUsd })
    await noteWarnings(transaction, [{ budget, periodStart, spentNanoUsd }])
    await appendAudit(transaction, {
      ...auditOf(budget, actor),
      action: 'budget.set',
      detail: { ...shown(budget), before: before === null ? null : shown(before) },
    })
    return budget
  })
  return found(await budgetState(database.queries, scope, id, now), id)
}

/**
 * Deletes a budget with what was counted for it.
 * @throws {ExectrailError} `not_found`; `forbidden` for a budget that the installation has set
 */
export async function deleteBudget(
  { queries }: Database,
  { scope, actor }: Caller,
  id: string,
): Promise<BudgetState> {
  if (!isUuid(id)) throw unknownBudget(id)
  return queries.transaction().execute(async (transaction) => {
    const before = found(await lockBudget(transaction, scope, id), id)
    requireOwn(before, scope)
    const state = found(await budgetState(transaction, scope, id, Date.now()), id)
    await deleteStored(transaction, id)
    await appendAudit(transaction, {
      ...auditOf(before, actor),
      action: 'budget.delete',
      detail: shown(before),
    })
    return state
  })
}

function bindSubject(
  { organizationId, workspaceId = null, codeAgentId = null, userId = null }: BudgetRequest,
  scope: Scope,
): BudgetSubject {
  const tenant =
    scope === 'all'
      ? { organizationId: organizationId ?? 'default', workspaceId }
      : bindTenant(scope, { organizationId, workspaceId }, 'budgets')
  return { ...tenant, codeAgentId, userId }
}

function setterOf(scope: Scope): BudgetSetter {
  if (scope === 'all') return 'installation'
  return scope.workspaceId === undefined ? 'organization' : 'workspace'
}

const RANK: Readonly<Record<BudgetSetter, number>> = { workspace: 0, organization: 1, installation: 2 }

/** @throws {ExectrailError} `forbidden` for a budget that was set with a key of wider scope */
function requireOwn({ setBy }: Budget, scope: Scope): void {
  if (RANK[setBy] <= RANK[setterOf(scope)]) return
  throw new ExectrailError('forbidden', `this budget was set for the whole ${setBy}`, {
    hint: `Ask who administers the ${setBy} to change it, or set a lower one of your own for another subject.`,
  })
}

async function requireRoom(queries: Queries, organizationId: string): Promise<void> {
  if ((await countBudgets(queries, organizationId)) < BUDGETS_MAX) return
  const message = `this organization has ${BUDGETS_MAX} budgets, as many as it may; delete one first`
  throw new InvalidRequestError([{ path: 'organizationId', message }])
}

function shown({ limitNanoUsd, action, period, codeAgentId, userId }: Budget) {
  return { limitNanoUsd, action, period, codeAgentId, userId }
}

function auditOf({ id, organizationId, workspaceId }: Budget, actor: Actor) {
  return { actor, subject: id, organizationId, workspaceId }
}

function found<Value>(value: Value | null, id: string): Value {
  if (value === null) throw unknownBudget(id)
  return value
}

function unknownBudget(id: string): ExectrailError {
  return new ExectrailError('not_found', `there is no budget ${JSON.stringify(id.slice(0, 80))}`, {
    hint: 'exectrail budget list shows the budgets and their ids.',
  })
}
