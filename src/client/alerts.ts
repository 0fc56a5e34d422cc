/** What the operations of alerts take and answer; a test holds the answers to be those of the service. */
import type { Severity } from '../alerts/conditions.ts'
import type { AlertRule, AlertRuleInput } from '../alerts/rule.ts'

export type { AlertRuleInput }

interface OfTenant {
  /** Null: of the whole installation. */
  organizationId: string | null
  workspaceId: string | null
}

export interface AlertRuleView extends AlertRule, OfTenant {
  id: string
  createdAt: string
  updatedAt: string
  changedBy: string
  /** End of the window that is evaluated next. */
  nextEnd: string
  lastError: string | null
}

export interface AlertView extends OfTenant {
  id: string
  ruleId: string
  ruleName: string
  group: Readonly<Record<string, string | null>>
  phase: 'pending' | 'firing' | 'resolved'
  severity: Severity
  value: number | null
  reason: string
  since: string
  firedAt: string | null
  endedAt: string | null
  acknowledgedAt: string | null
  acknowledgedBy: string | null
  resolvedBy: string | null
  isNotified: boolean
  /** The executions that it is about, as lists of executions take them. */
  executions: { from: string; to: string; where: readonly string[]; q: string | null }
}

export interface AlertDryRun {
  window: { from: string; to: string }
  everySeconds: number
  windows: number
  firing: number
  unknown: number
  notifications: number
  points: readonly { at: string; value: number | null; count: number | null; state: string; reason: string }[]
  alerts: readonly {
    group: Readonly<Record<string, string | null>>
    severity: Severity
    since: string
    firedAt: string | null
    endedAt: string | null
    reason: string
  }[]
  alertCount: number
}

export interface AlertEvaluation {
  ruleId: string
  windowEnd: string
  evaluatedAt: string
  state: 'ok' | 'pending' | 'firing' | 'unknown' | 'failed' | 'skipped'
  value: number | null
  sampleCount: number | null
  reason: string
  groups: readonly unknown[]
}

export interface AlertSilence extends OfTenant {
  id: string
  ruleId: string | null
  matches: Readonly<Record<string, string | null>>
  comment: string
  startsAt: string
  endsAt: string
  createdBy: string
}

export interface AlertChannel extends OfTenant {
  id: string
  name: string
  kind: string
  settings: Readonly<Record<string, unknown>>
  hourlyLimit: number
  createdAt: string
  changedBy: string
}

export interface SentNotification {
  id: string
  channelId: string
  alertId: string
  kind: 'firing' | 'reminder' | 'resolved'
  windowEnd: string
  createdAt: string
  attempts: number
  nextAttemptAt: string | null
  deliveredAt: string | null
  lastError: string | null
}

export interface Owned {
  /** Narrows an administrator's key to one organization. */
  organization?: string | undefined
}
export interface AlertRulesInput extends Owned {
  /** `own`: the rules beside which a new one would be. @default 'any' */
  owner?: 'any' | 'own' | undefined
}
export interface OwnedId extends Owned {
  id: string
}
export interface AlertListInput extends Owned {
  phase?: AlertView['phase'] | readonly AlertView['phase'][] | undefined
  ruleId?: string | undefined
  limit?: number | undefined
  cursor?: string | undefined
}
export interface AlertEvaluationsInput extends OwnedId {
  state?: AlertEvaluation['state'] | readonly AlertEvaluation['state'][] | undefined
  /** Windows that end before. */
  before?: string | Date | undefined
  limit?: number | undefined
}
export interface SilenceInput {
  /** @default every rule */
  ruleId?: string | undefined
  matches?: Readonly<Record<string, string | null>> | undefined
  comment?: string | undefined
  /** @default now */
  startsAt?: string | Date | undefined
  endsAt: string | Date
}
export interface ChannelInput {
  name: string
  kind: 'webhook' | 'slack' | 'teams' | 'discord' | 'pagerduty' | 'opsgenie' | 'email'
  settings?: Readonly<Record<string, unknown>> | undefined
  /** Never shown again. */
  secret?: Readonly<Record<string, unknown>> | undefined
  hourlyLimit?: number | undefined
}
