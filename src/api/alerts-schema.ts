/** Replies about alerts. */
import { z } from 'zod'
import { CHANNEL_KINDS } from '../alerts/channels/channel.ts'
import { SEVERITIES } from '../alerts/conditions.ts'
import { ruleFields } from '../alerts/rule.ts'
import { EVALUATION_STATES } from '../metadata/alert-evaluations.ts'
import { NOTIFICATION_KINDS } from '../metadata/alert-notifications.ts'
import { ALERT_PHASES } from '../metadata/alerts.ts'

const owned = {
  organizationId: z.string().nullable().describe('Null: every organization'),
  workspaceId: z.string().nullable(),
}
const group = z
  .record(z.string(), z.string().nullable())
  .describe('Values of the fields that the rule groups by')
const number = z.number().nullable()
const time = z.string().nullable()

export const alertRuleSchema = ruleFields
  .extend({
    ...owned,
    id: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
    changedBy: z.string(),
    nextEnd: z.string().describe('End of the window that is evaluated next'),
    lastError: z.string().nullable().describe('Of the window that is being tried again'),
  })
  .meta({ id: 'AlertRule' })

export const alertSchema = z
  .object({
    ...owned,
    id: z.string(),
    ruleId: z.string(),
    ruleName: z.string(),
    group,
    phase: z.enum(ALERT_PHASES),
    severity: z.enum(SEVERITIES),
    value: number,
    reason: z.string(),
    since: z.string().describe('End of the first window that breached'),
    firedAt: time,
    endedAt: time,
    acknowledgedAt: time,
    acknowledgedBy: time,
    resolvedBy: time.describe('Who ended it by hand'),
    isNotified: z.boolean().describe('False while channels know nothing of it, such as in a silence'),
    executions: z
      .object({ from: z.string(), to: z.string(), where: z.array(z.string()), q: z.string().nullable() })
      .describe('The executions that it is about, as lists of executions take them'),
  })
  .meta({ id: 'Alert' })

export const evaluationSchema = z
  .object({
    ruleId: z.string(),
    windowEnd: z.string(),
    evaluatedAt: z.string(),
    state: z
      .enum(EVALUATION_STATES)
      .describe('`unknown`: too few executions; `failed`: it is tried again; `skipped`: missed too long ago'),
    value: number.describe('Of the group that needs attention most'),
    sampleCount: number,
    reason: z.string().describe('Why it did or did not fire'),
    groups: z.array(z.unknown()).describe('The groups that need attention most, at most twenty'),
  })
  .meta({ id: 'AlertEvaluation' })

export const silenceSchema = z
  .object({
    ...owned,
    id: z.string(),
    ruleId: z.string().nullable().describe('Null: every rule'),
    matches: group,
    comment: z.string(),
    startsAt: z.string(),
    endsAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: 'AlertSilence' })

export const channelSchema = z
  .object({
    ...owned,
    id: z.string(),
    name: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    settings: z.record(z.string(), z.unknown()).describe('Without what is secret'),
    hourlyLimit: z.number(),
    createdAt: z.string(),
    changedBy: z.string(),
  })
  .meta({ id: 'AlertChannel' })

export const sentNotificationSchema = z
  .object({
    id: z.string().describe('The same at each attempt'),
    channelId: z.string(),
    alertId: z.string(),
    kind: z.enum(NOTIFICATION_KINDS),
    windowEnd: z.string(),
    createdAt: z.string(),
    attempts: z.number(),
    nextAttemptAt: time.describe('Null: delivered, or given up'),
    deliveredAt: time,
    lastError: time,
  })
  .meta({ id: 'AlertNotification' })

export const dryRunSchema = z
  .object({
    window: z.object({ from: z.string(), to: z.string() }),
    everySeconds: z.number().describe("The rule's, or longer where that would be too many windows"),
    windows: z.number(),
    firing: z.number().describe('Windows in which an alert fires'),
    unknown: z.number().describe('Windows with too few executions'),
    notifications: z.number().describe('Messages that each channel would have got'),
    points: z
      .array(
        z.object({ at: z.string(), value: number, count: number, state: z.string(), reason: z.string() }),
      )
      .describe('The windows, or the worst of each stretch of them'),
    alerts: z.array(
      z.object({
        group,
        severity: z.enum(SEVERITIES),
        since: z.string(),
        firedAt: time,
        endedAt: time,
        reason: z.string(),
      }),
    ),
    alertCount: z.number(),
  })
  .meta({ id: 'AlertDryRun' })
