/** The table of alert rules. What a rule says is not looked into here. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { ownerCondition, tenantCondition } from './tenant.ts'

/** Whose a thing of alerts is. */
export interface Owner {
  /** Null: of the whole installation. */
  organizationId: string | null
  workspaceId: string | null
}

/** A rule as it is stored. Times are ISO 8601 UTC. */
export interface StoredRule extends Owner {
  id: string
  name: string
  definition: Readonly<Record<string, unknown>>
  enabled: boolean
  createdAt: string
  updatedAt: string
  changedBy: string
  /** End of the first window that was not evaluated. */
  nextEnd: string
  /** Attempts that failed in a row at that window. */
  failures: number
  lastError: string | null
}

export interface RuleChange {
  name: string
  definition: Readonly<Record<string, unknown>>
  enabled: boolean
  changedBy: string
  nextEnd: string
}

/** Rules of one tenant, at most. */
export const RULES_MAX = 1_000

/** The rules that a tenant sees by name; with an owner, only its own. */
export async function listRules(queries: Queries, scope: Scope, owner: Owner | null): Promise<StoredRule[]> {
  const seen = queries.selectFrom('alert_rules').selectAll().where(tenantCondition(scope))
  const owned = owner === null ? seen : seen.where(ownerCondition(owner))
  const rows = await owned.orderBy('name').orderBy('id').limit(RULES_MAX).execute()
  return rows.map(toRule)
}

/** A rule of a tenant; null when there is none. */
export async function findRule(queries: Queries, scope: Scope, id: string): Promise<StoredRule | null> {
  const row = await ruleQuery(queries, scope, id).executeTakeFirst()
  return row === undefined ? null : toRule(row)
}

/** The same, locked until the transaction ends. */
export async function lockRule(queries: Queries, scope: Scope, id: string): Promise<StoredRule | null> {
  const row = await ruleQuery(queries, scope, id).forUpdate().executeTakeFirst()
  return row === undefined ? null : toRule(row)
}

function ruleQuery(queries: Queries, scope: Scope, id: string) {
  return queries.selectFrom('alert_rules').selectAll().where(tenantCondition(scope)).where('id', '=', id)
}

/** Rules by their ids. */
export async function findRules(queries: Queries, ids: readonly string[]): Promise<StoredRule[]> {
  if (ids.length === 0) return []
  const rows = await queries
    .selectFrom('alert_rules')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute()
  return rows.map(toRule)
}

/** Adds a rule. @returns null where its owner has one of that name, or as many as there may be */
export async function insertRule(
  queries: Queries,
  id: string,
  { organizationId, workspaceId }: Owner,
  change: RuleChange,
): Promise<StoredRule | null> {
  const row = await queries
    .insertInto('alert_rules')
    .values({ id, organization_id: organizationId, workspace_id: workspaceId, ...toRow(change) })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toRule(row)
}

export async function countRules(queries: Queries, { organizationId }: Owner): Promise<number> {
  const { count } = await queries
    .selectFrom('alert_rules')
    .select((of) => of.fn.countAll<string>().as('count'))
    .where('organization_id', 'is not distinct from', organizationId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Changes a rule, which is then evaluated from `nextEnd` on. */
export async function updateRule(queries: Queries, id: string, change: RuleChange): Promise<StoredRule> {
  const row = await queries
    .updateTable('alert_rules')
    .set({ ...toRow(change), updated_at: sql<Date>`now()`, failures: 0, last_error: null, retry_at: null })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toRule(row)
}

/** Deletes a rule with its alerts and its history. */
export async function deleteRule(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom('alert_rules').where('id', '=', id).execute()
}

/**
 * Rules with a window that is due: its end and the time for late records are past, or so far ahead that a clock must have
 * been. Those that failed wait for their next attempt.
 * @param usualDelaySeconds for late records, of rules that do not say
 */
export async function listDue(queries: Queries, usualDelaySeconds: number): Promise<StoredRule[]> {
  const rows = await queries
    .selectFrom('alert_rules')
    .selectAll()
    .where('enabled', '=', true)
    .where((where) => where.or([where('retry_at', 'is', null), where('retry_at', '<=', sql<Date>`now()`)]))
    .where(
      sql<boolean>`(next_end + ${secondsOf('delaySeconds', usualDelaySeconds)} <= now() or next_end > now() + 2 * ${secondsOf('everySeconds', 60)})`,
    )
    .orderBy('next_end')
    .orderBy('id')
    .execute()
  return rows.map(toRule)
}

/** As it is written; where it is no number, another, so that who reads the rule finds what is wrong with it. */
function secondsOf(name: 'delaySeconds' | 'everySeconds', otherwise: number) {
  return sql`make_interval(secs => CASE WHEN jsonb_typeof(definition->${name}) = 'number'
    THEN greatest(0, least((definition->>${name})::numeric, 86400))::double precision ELSE ${otherwise} END)`
}

/** Those of the rules that are still as they were read, locked until the transaction ends. */
export async function lockUnchanged(queries: Queries, rules: readonly StoredRule[]): Promise<Set<string>> {
  const rows = await queries
    .selectFrom('alert_rules')
    .selectAll()
    .where(
      'id',
      'in',
      rules.map(({ id }) => id),
    )
    .orderBy('id')
    .forUpdate()
    .execute()
  const now = new Map(rows.map((row) => [row.id, toRule(row)]))
  const same = rules.filter((rule) => {
    const { nextEnd, updatedAt, enabled } = now.get(rule.id) ?? {}
    return enabled === true && nextEnd === rule.nextEnd && updatedAt === rule.updatedAt
  })
  return new Set(same.map(({ id }) => id))
}

/** Notes that the windows before `nextEnd` are evaluated. */
export async function moveOn(
  queries: Queries,
  moves: readonly { id: string; nextEnd: string }[],
): Promise<void> {
  if (moves.length === 0) return
  const ids = moves.map(({ id }) => id)
  const ends = moves.map(({ nextEnd }) => nextEnd)
  await sql`UPDATE exectrail.alert_rules AS rules
    SET next_end = moved.next_end, failures = 0, last_error = NULL, retry_at = NULL
    FROM unnest(${ids}::uuid[], ${ends}::timestamptz[]) AS moved (id, next_end) WHERE rules.id = moved.id`.execute(
    queries,
  )
}

/** Notes that a window could not be evaluated, and when it is tried again. */
export async function noteFailure(
  queries: Queries,
  ids: readonly string[],
  { error, retryAt }: { error: string; retryAt: string },
): Promise<void> {
  await queries
    .updateTable('alert_rules')
    .set({ failures: sql<number>`failures + 1`, last_error: error, retry_at: retryAt })
    .where('id', 'in', [...ids])
    .execute()
}

function toRow({ name, definition, enabled, changedBy, nextEnd }: RuleChange) {
  return {
    name,
    definition: JSON.stringify(definition),
    enabled,
    changed_by: changedBy,
    next_end: nextEnd,
  }
}

function toRule(row: Selectable<Tables['alert_rules']>): StoredRule {
  return {
    id: row.id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    name: row.name,
    definition: row.definition,
    enabled: row.enabled,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    changedBy: row.changed_by,
    nextEnd: row.next_end.toISOString(),
    failures: row.failures,
    lastError: row.last_error,
  }
}
