/** What a notification says, as it is kept in the outbox. */
import { z } from 'zod'
import { NOTIFICATION_KINDS } from '../metadata/alert-notifications.ts'
import { SEVERITIES } from './conditions.ts'
import type { Notice } from './fold.ts'
import { windowLengths, type AlertRule } from './rule.ts'

/** Times are ISO 8601 UTC. */
export const notificationContent = z.object({
  kind: z.enum([...NOTIFICATION_KINDS, 'test']),
  ruleId: z.string(),
  ruleName: z.string(),
  description: z.string().nullable(),
  alertId: z.string(),
  organizationId: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  /** Values of the group. */
  group: z.record(z.string(), z.string().nullable()),
  value: z.number().nullable(),
  reason: z.string(),
  /** When it fired. */
  firedAt: z.string(),
  /** The window whose executions fired or ended it. */
  window: z.object({ from: z.string(), to: z.string() }),
  /** Conditions of those executions. */
  where: z.array(z.string()),
  q: z.string().nullable(),
})
export type NotificationContent = z.infer<typeof notificationContent>

/** The content of a notice. */
export function contentOf(
  { id, organizationId, rule }: { id: string; organizationId: string | null; rule: AlertRule },
  { alertId, key, kind, end, state }: Notice,
): NotificationContent {
  const longest = Math.max(...windowLengths(rule.condition, rule.windowSeconds))
  const group = { ...key }
  return {
    kind,
    ruleId: id,
    ruleName: rule.name,
    description: rule.description ?? null,
    alertId,
    organizationId,
    severity: state.severity,
    group,
    value: state.value,
    reason: state.reason,
    firedAt: state.firedAt ?? state.since,
    window: { from: new Date(end - longest * 1000).toISOString(), to: new Date(end).toISOString() },
    where: executionsOf(rule, group),
    q: rule.filter.q ?? null,
  }
}

/** Conditions of the executions of a group that a rule is about. */
export function executionsOf(
  rule: Pick<AlertRule, 'filter' | 'condition'>,
  group: Readonly<Record<string, string | null>>,
): string[] {
  const ofGroup = Object.entries(group).map(([field, value]) => `${field}=${value ?? ''}`)
  return [...rule.filter.where, ...ofGroup, ...failingOf(rule.condition)]
}

/** Those of the executions that count against the rule. */
function failingOf(condition: AlertRule['condition']): string[] {
  if (condition.kind === 'burn_rate') return ['success=false']
  if (condition.kind === 'threshold' || condition.kind === 'change')
    return BY_MEASURE.get(condition.measure) ?? []
  return condition.kind === 'ratio' ? (BY_SHARE.get(condition.share) ?? []) : []
}

const BY_MEASURE: ReadonlyMap<string, string[]> = new Map([
  ['failures', ['success=false']],
  ['failureRate', ['success=false']],
  ['timeouts', ['outcome=timeout']],
])
const BY_SHARE: ReadonlyMap<string, string[]> = new Map([
  ['failures', ['success=false']],
  ['timeouts', ['outcome=timeout']],
  ['limits', ['outcome=limit']],
  ['errors', ['outcome=error']],
  ['cancellations', ['outcome=cancelled']],
  ['invalid', ['validationPassed=false']],
])
