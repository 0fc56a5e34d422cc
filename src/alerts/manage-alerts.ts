/** Acknowledges and resolves alerts, and reads their history. */
import { randomUUID } from 'node:crypto'
import { ExectrailError } from '../errors.ts'
import {
  listEvaluations,
  type EvaluationsQuery,
  type StoredEvaluation,
} from '../metadata/alert-evaluations.ts'
import {
  addNotifications,
  listNotifications,
  type StoredNotification,
} from '../metadata/alert-notifications.ts'
import { channelsOf } from '../metadata/alert-channels.ts'
import { lockRule } from '../metadata/alert-rules.ts'
import { lockOpen, markAlert, type StoredAlert } from '../metadata/alerts.ts'
import { appendAudit, type Caller } from '../metadata/audit-log.ts'
import type { Database, Queries } from '../metadata/database.ts'
import type { Scope } from '../store/scope.ts'
import { needAlert, toAlertView, type AlertView } from './alert-view.ts'
import { getRule } from './manage-rules.ts'
import { contentOf } from './notification.ts'
import type { AlertRule } from './rule.ts'
import { lastSeen, ruleOf, toOpenAlert } from './stored-state.ts'

/** The windows of a rule that were evaluated, the newest first. @throws {ExectrailError} `not_found` */
export async function ruleHistory(
  database: Database,
  scope: Scope,
  asked: EvaluationsQuery,
): Promise<StoredEvaluation[]> {
  await getRule(database, scope, asked.ruleId)
  return listEvaluations(database.queries, asked)
}

/** What was sent of an alert. @throws {ExectrailError} `not_found` */
export async function alertNotifications(
  { queries }: Database,
  scope: Scope,
  id: string,
): Promise<Omit<StoredNotification, 'content'>[]> {
  await needAlert(queries, scope, id)
  const sent = await listNotifications(queries, id)
  return sent.map((notification) => {
    const { content: _content, ...shown } = notification
    return shown
  })
}

/**
 * Acknowledges an alert, which stops its reminders, or ends it; the next breach is a new alert.
 * @throws {ExectrailError} `not_found`, or `conflict` for one that has ended
 */
export async function decideAlert(
  { queries }: Database,
  { scope, actor }: Caller,
  id: string,
  as: 'acknowledged' | 'resolved',
): Promise<AlertView> {
  return queries.transaction().execute(async (transaction) => {
    // The evaluator locks rules before their alerts.
    const { ruleId } = await needAlert(transaction, scope, id)
    const stored = await lockRule(transaction, scope, ruleId)
    const before = (await lockOpen(transaction, [ruleId])).find((open) => open.id === id)
    if (stored === null || before === undefined) throw new ExectrailError('conflict', 'the alert has ended')
    const rule = ruleOf(stored)
    const marked = await markAlert(transaction, id, { by: actor.name, as })
    if (as === 'resolved' && lastSeen(before).notifiedSeverity !== null)
      await notifyEnd(transaction, before, rule, actor.name)
    const action = as === 'resolved' ? 'alert.resolve' : 'alert.acknowledge'
    const { organizationId, workspaceId } = before
    await appendAudit(transaction, {
      actor,
      action,
      subject: id,
      organizationId,
      workspaceId,
      detail: { rule: rule.name },
    })
    return toAlertView(marked, rule)
  })
}

/** Channels that know of the alert learn that it was ended by hand. */
async function notifyEnd(queries: Queries, alert: StoredAlert, rule: AlertRule, by: string): Promise<void> {
  const { organizationId, ruleId } = alert
  const channels = await channelsOf(queries, alert, rule.channels)
  const end = Date.now()
  const { key, state } = toOpenAlert(alert)
  const notice = {
    alertId: alert.id,
    key,
    kind: 'resolved',
    end,
    state: { ...state, reason: `resolved by ${by}` },
  } as const
  const content = contentOf({ id: ruleId, organizationId, rule }, notice)
  const windowEnd = new Date(end).toISOString()
  await addNotifications(
    queries,
    channels.map(({ id }) => ({
      id: randomUUID(),
      channelId: id,
      alertId: alert.id,
      kind: 'resolved',
      windowEnd,
      content,
    })),
  )
}
