/** Alerts as they are shown. */
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { findRules } from '../metadata/alert-rules.ts'
import {
  findAlert,
  listAlerts as listStored,
  type AlertPhase,
  type AlertsQuery,
  type StoredAlert,
} from '../metadata/alerts.ts'
import type { Database, Queries } from '../metadata/database.ts'
import { checkTime, toUtc } from '../service/window.ts'
import type { Scope } from '../store/scope.ts'
import { isUuid } from '../uuid.ts'
import { executionsOf } from './notification.ts'
import { ruleSchema, windowLengths, type AlertRule } from './rule.ts'
import { lastSeen } from './stored-state.ts'

/** An alert as it is shown. */
export interface AlertView {
  id: string
  ruleId: string
  ruleName: string
  organizationId: string | null
  workspaceId: string | null
  /** Values of the fields that the rule groups by. */
  group: Readonly<Record<string, string | null>>
  phase: AlertPhase
  severity: 'warning' | 'critical'
  value: number | null
  reason: string
  since: string
  firedAt: string | null
  endedAt: string | null
  acknowledgedAt: string | null
  acknowledgedBy: string | null
  resolvedBy: string | null
  /** False while channels know nothing of it, such as in a silence. */
  isNotified: boolean
  /** The executions that it is about, as lists of executions take them. */
  executions: { from: string; to: string; where: readonly string[]; q: string | null }
}

/** Alerts of a tenant, the newest first. */
export async function listAlerts(
  { queries }: Database,
  scope: Scope,
  asked: AlertsQuery,
): Promise<{ data: AlertView[]; nextCursor: string | null }> {
  const alerts = await listStored(queries, scope, asked)
  const rules = await rulesOf(queries, alerts)
  const last = alerts.length < asked.limit ? undefined : alerts.at(-1)
  return {
    data: alerts.map((alert) => toAlertView(alert, rules.get(alert.ruleId))),
    nextCursor: last === undefined ? null : `${last.since}~${last.id}`,
  }
}

/** The place behind an alert, from a cursor. @throws {InvalidRequestError} */
export function parseCursor(cursor: string | undefined): AlertsQuery['after'] {
  if (cursor === undefined) return null
  const [since = '', id = ''] = cursor.split('~')
  if (isUuid(id) && checkTime(since) === null) return { since: toUtc(since), id }
  throw new InvalidRequestError([{ path: 'cursor', message: 'take nextCursor of the page before' }])
}

/** The rules of alerts; without those that this release cannot read. */
async function rulesOf(queries: Queries, alerts: readonly StoredAlert[]): Promise<Map<string, AlertRule>> {
  const stored = await findRules(queries, [...new Set(alerts.map(({ ruleId }) => ruleId))])
  return new Map(
    stored.flatMap(({ id, definition }) => {
      const parsed = ruleSchema.safeParse(definition)
      return parsed.success ? [[id, parsed.data]] : []
    }),
  )
}

/** @throws {ExectrailError} `not_found` */
export async function needAlert(queries: Queries, scope: Scope, id: string): Promise<StoredAlert> {
  const alert = isUuid(id) ? await findAlert(queries, scope, id) : null
  if (alert !== null) return alert
  throw new ExectrailError('not_found', `there is no alert ${JSON.stringify(id.slice(0, 80))}`, {
    hint: '`exectrail alert list` and GET /v1/alerts show the alerts and their ids.',
  })
}

/** An alert of a rule, which it has as long as it is kept. */
export function toAlertView(alert: StoredAlert, rule: AlertRule | undefined): AlertView {
  const { state: _, groupName: _name, key, ...shown } = alert
  const { value, reason, notifiedAt: __, ...rest } = lastSeen(alert)
  const group = Object.fromEntries(
    Object.entries(key).map(([field, one]) => [field, typeof one === 'string' ? one : null]),
  )
  const longest = rule === undefined ? 0 : Math.max(...windowLengths(rule.condition, rule.windowSeconds))
  const from = new Date(Date.parse(alert.since) - longest * 1000).toISOString()
  return {
    ...shown,
    ruleName: rule?.name ?? '',
    group,
    value,
    reason,
    isNotified: rest.notifiedSeverity !== null,
    executions: {
      from,
      to: alert.endedAt ?? new Date().toISOString(),
      where: rule === undefined ? [] : executionsOf(rule, group),
      q: rule?.filter.q ?? null,
    },
  }
}
