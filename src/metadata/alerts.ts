/** The table of alerts: one row from the first breach of a group to its end. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Owner } from './alert-rules.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

export const ALERT_PHASES = ['pending', 'firing', 'resolved'] as const
export type AlertPhase = (typeof ALERT_PHASES)[number]

/** An alert as it is stored. Times are ISO 8601 UTC. */
export interface StoredAlert extends Owner {
  id: string
  ruleId: string
  /** Equal for equal groups of a rule. */
  groupName: string
  key: Readonly<Record<string, unknown>>
  phase: AlertPhase
  severity: 'warning' | 'critical'
  /** What the state machine remembers. */
  state: Readonly<Record<string, unknown>>
  since: string
  firedAt: string | null
  endedAt: string | null
  acknowledgedAt: string | null
  acknowledgedBy: string | null
  resolvedBy: string | null
}

export type NewAlert = Omit<StoredAlert, 'acknowledgedAt' | 'acknowledgedBy' | 'resolvedBy'>

export interface AlertsQuery {
  ruleId?: string | undefined
  phases: readonly AlertPhase[]
  /** The last alert of the page before. */
  after: { since: string; id: string } | null
  limit: number
}

/** The alerts of a tenant, the newest first. */
export async function listAlerts(queries: Queries, scope: Scope, asked: AlertsQuery): Promise<StoredAlert[]> {
  let query = queries
    .selectFrom('alerts')
    .selectAll()
    .where(tenantCondition(scope))
    .where('phase', 'in', [...asked.phases])
    .orderBy('since', 'desc')
    .orderBy('id', 'desc')
    .limit(asked.limit)
  if (asked.ruleId !== undefined) query = query.where('rule_id', '=', asked.ruleId)
  if (asked.after !== null)
    query = query.where(
      sql<boolean>`(since, id) < (${asked.after.since}::timestamptz, ${asked.after.id}::uuid)`,
    )
  return (await query.execute()).map(toAlert)
}

/** Alerts of rules that have not ended, locked where a transaction runs. */
export async function lockOpen(queries: Queries, ruleIds: readonly string[]): Promise<StoredAlert[]> {
  if (ruleIds.length === 0) return []
  const rows = await queries
    .selectFrom('alerts')
    .selectAll()
    .where('rule_id', 'in', [...ruleIds])
    .where('ended_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(toAlert)
}

/** An alert of a tenant; null when there is none. */
export async function findAlert(queries: Queries, scope: Scope, id: string): Promise<StoredAlert | null> {
  const row = await queries
    .selectFrom('alerts')
    .selectAll()
    .where(tenantCondition(scope))
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toAlert(row)
}

/** Writes the current state of alerts. One that was ended by hand meanwhile stays ended. */
export async function saveAlerts(queries: Queries, alerts: readonly NewAlert[]): Promise<void> {
  if (alerts.length === 0) return
  await queries
    .insertInto('alerts')
    .values(alerts.map(toRow))
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((row) => ({
          phase: row.ref('excluded.phase'),
          severity: row.ref('excluded.severity'),
          state: row.ref('excluded.state'),
          fired_at: row.ref('excluded.fired_at'),
          ended_at: row.ref('excluded.ended_at'),
        }))
        .where('alerts.ended_at', 'is', null),
    )
    .execute()
}

/** Removes alerts that never fired. */
export async function removeAlerts(queries: Queries, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await queries
      .deleteFrom('alerts')
      .where('id', 'in', [...ids])
      .execute()
}

/** Removes what was not fired yet of a rule that changes, and ends what was. */
export async function endAlerts(queries: Queries, ruleId: string, by: string): Promise<void> {
  await queries.deleteFrom('alerts').where('rule_id', '=', ruleId).where('phase', '=', 'pending').execute()
  await queries
    .updateTable('alerts')
    .set({ phase: 'resolved', ended_at: sql<Date>`now()`, resolved_by: by })
    .where('rule_id', '=', ruleId)
    .where('ended_at', 'is', null)
    .execute()
}

/** Notes who takes care of an alert, or ends it by hand. */
export async function markAlert(
  queries: Queries,
  id: string,
  { by, as }: { by: string; as: 'acknowledged' | 'resolved' },
): Promise<StoredAlert> {
  const now = sql<Date>`now()`
  const change =
    as === 'resolved'
      ? { phase: 'resolved' as const, ended_at: now, resolved_by: by }
      : { acknowledged_at: now, acknowledged_by: by }
  const row = await queries
    .updateTable('alerts')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toAlert(row)
}

function toRow(alert: NewAlert) {
  return {
    id: alert.id,
    rule_id: alert.ruleId,
    organization_id: alert.organizationId,
    workspace_id: alert.workspaceId,
    group_name: alert.groupName,
    group_key: JSON.stringify(alert.key),
    phase: alert.phase,
    severity: alert.severity,
    state: JSON.stringify(alert.state),
    since: alert.since,
    fired_at: alert.firedAt,
    ended_at: alert.endedAt,
  }
}

function toAlert(row: Selectable<Tables['alerts']>): StoredAlert {
  return {
    id: row.id,
    ruleId: row.rule_id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    groupName: row.group_name,
    key: row.group_key,
    phase: row.phase,
    severity: row.severity,
    state: row.state,
    since: row.since.toISOString(),
    firedAt: row.fired_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
    resolvedBy: row.resolved_by,
  }
}
