/** Makes, changes and deletes rules. Every change is in the log of changes. */
import { randomUUID } from 'node:crypto'
import { ExectrailError, InvalidRequestError, isExectrailError } from '../errors.ts'
import {
  countRules,
  deleteRule as deleteStored,
  findRule,
  insertRule,
  listRules as listStored,
  lockRule,
  RULES_MAX,
  updateRule,
  type Owner,
  type StoredRule,
} from '../metadata/alert-rules.ts'
import { channelsOf } from '../metadata/alert-channels.ts'
import { endAlerts } from '../metadata/alerts.ts'
import { appendAudit, type Actor, type Caller } from '../metadata/audit-log.ts'
import type { Database, Queries } from '../metadata/database.ts'
import type { Scope } from '../store/scope.ts'
import { isUuid } from '../uuid.ts'
import type { AlertRule } from './rule.ts'
import { ruleOf } from './stored-state.ts'
import { firstEnd } from './windows.ts'

/** A rule as it is shown. */
export interface RuleView extends AlertRule, Owner {
  id: string
  createdAt: string
  updatedAt: string
  changedBy: string
  /** End of the window that is evaluated next. */
  nextEnd: string
  /** Of the window that is being tried again; null where the last one was evaluated. */
  lastError: string | null
}

/** Whose a thing is that a caller makes: of the caller's tenant, for an administrator of all of the installation. */
export function ownerOf(scope: Scope): Owner {
  if (scope === 'all') return { organizationId: null, workspaceId: null }
  return { organizationId: scope.organizationId, workspaceId: scope.workspaceId ?? null }
}

/** The rules that a tenant sees by name; of `own` only those among which it would make one. */
export async function listRules(
  { queries }: Database,
  scope: Scope,
  of: 'any' | 'own' = 'any',
): Promise<RuleView[]> {
  return (await listStored(queries, scope, of === 'own' ? ownerOf(scope) : null)).map(toRuleView)
}

/** @throws {ExectrailError} `not_found` */
export async function getRule({ queries }: Database, scope: Scope, id: string): Promise<RuleView> {
  return toRuleView(need(isUuid(id) ? await findRule(queries, scope, id) : null, id))
}

/**
 * Makes a rule, which is evaluated from now on.
 * @throws {ExectrailError} `conflict` where the tenant has one of that name
 */
export async function createRule({ queries }: Database, caller: Caller, rule: AlertRule): Promise<RuleView> {
  const owner = ownerOf(caller.scope)
  return queries.transaction().execute(async (transaction) => {
    await checkChannels(transaction, owner, rule)
    if ((await countRules(transaction, owner)) >= RULES_MAX)
      throw new ExectrailError('conflict', `an organization has at most ${RULES_MAX} rules`)
    const stored = await insertRule(transaction, randomUUID(), owner, toChange(rule, caller.actor))
    if (stored === null) throw nameTaken(rule.name)
    await audit(transaction, caller.actor, 'alert.rule.create', stored, { rule })
    return toRuleView(stored)
  })
}

/**
 * Changes a rule. Its open alerts end, because what they were about has changed, unless only its notifications have changed.
 * @throws {ExectrailError} `not_found`, or `conflict` for a name that another rule has
 */
export async function changeRule(
  { queries }: Database,
  caller: Caller,
  id: string,
  rule: AlertRule,
): Promise<RuleView> {
  return queries.transaction().execute(async (transaction) => {
    const before = await lockOwn(transaction, caller, id)
    await checkChannels(transaction, before, rule)
    const isSame = watchesSame(readWritten(before).rule, rule)
    if (!isSame) await endAlerts(transaction, id, caller.actor.name)
    const change = toChange(rule, caller.actor)
    const nextEnd = isSame ? before.nextEnd : change.nextEnd
    const changed = await updateRule(transaction, id, { ...change, nextEnd }).catch(
      explainConflict(rule.name),
    )
    await audit(transaction, caller.actor, 'alert.rule.change', changed, { rule })
    return toRuleView(changed)
  })
}

/** Deletes a rule with its alerts and its history. @throws {ExectrailError} `not_found` */
export async function deleteRule({ queries }: Database, caller: Caller, id: string): Promise<RuleView> {
  return queries.transaction().execute(async (transaction) => {
    const rule = await lockOwn(transaction, caller, id)
    await deleteStored(transaction, id)
    await audit(transaction, caller.actor, 'alert.rule.delete', rule, {})
    return toRuleView(rule)
  })
}

async function lockOwn(queries: Queries, { scope }: Caller, id: string): Promise<StoredRule> {
  return need(isUuid(id) ? await lockRule(queries, scope, id) : null, id)
}

function need(rule: StoredRule | null, id: string): StoredRule {
  if (rule !== null) return rule
  throw new ExectrailError('not_found', `there is no alert rule ${JSON.stringify(id.slice(0, 80))}`, {
    hint: '`exectrail alert rules` and GET /v1/alerts/rules show the rules and their ids.',
  })
}

/** @throws {InvalidRequestError} naming every channel that a rule of the owner cannot use */
async function checkChannels(queries: Queries, owner: Owner, { channels }: AlertRule): Promise<void> {
  const names = new Set((await channelsOf(queries, owner, channels)).map(({ name }) => name))
  const issues = channels.flatMap((name, index) =>
    names.has(name)
      ? []
      : [{ path: `channels.${index}`, message: `there is no channel ${JSON.stringify(name)}` }],
  )
  if (issues.length > 0)
    throw new InvalidRequestError(issues, 'Make it first: `exectrail alert channel create`.')
}

function toChange(rule: AlertRule, { name }: Actor) {
  return {
    name: rule.name,
    definition: rule,
    enabled: rule.enabled,
    changedBy: name,
    nextEnd: new Date(firstEnd(rule, Date.now())).toISOString(),
  }
}

/** True where two rules watch the same and differ only in their names and notifications. */
function watchesSame(a: AlertRule, b: AlertRule): boolean {
  return watchedBy(a) === watchedBy(b)
}

function watchedBy(rule: AlertRule): string {
  const watched = Object.entries(rule).filter(([name]) => !NOTIFYING.has(name))
  return JSON.stringify(watched.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const NOTIFYING: ReadonlySet<string> = new Set([
  'name',
  'description',
  'channels',
  'mute',
  'renotifySeconds',
  'delaySeconds',
])

function toRuleView(stored: StoredRule): RuleView {
  const { definition: _definition, failures: _failures, ...shown } = stored
  const { rule, error } = readWritten(stored)
  return { ...rule, ...shown, lastError: error ?? stored.lastError }
}

/** A rule that cannot be read is shown as it was written, so that it can be mended or deleted. */
function readWritten(stored: StoredRule): { rule: AlertRule; error: string | null } {
  try {
    return { rule: ruleOf(stored), error: null }
  } catch (error) {
    if (!isExectrailError(error)) throw error
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a release that could read it
    return { rule: stored.definition as unknown as AlertRule, error: error.message }
  }
}

async function audit(
  queries: Queries,
  actor: Actor,
  action: 'alert.rule.create' | 'alert.rule.change' | 'alert.rule.delete',
  { id, name, organizationId, workspaceId }: StoredRule,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendAudit(queries, {
    actor,
    action,
    subject: id,
    organizationId,
    workspaceId,
    detail: { name, ...detail },
  })
}

const UNIQUE_VIOLATION = '23505'

function explainConflict(name: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
      ? nameTaken(name)
      : error
  }
}

function nameTaken(name: string): ExectrailError {
  return new ExectrailError('conflict', `there is an alert rule ${JSON.stringify(name)} already`, {
    hint: 'Change that one, or choose another name.',
  })
}
