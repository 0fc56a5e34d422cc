/** Conversion between alerts as they are stored and as the state machine knows them. */
import { z } from 'zod'
import { ExectrailError } from '../errors.ts'
import type { Owner, StoredRule } from '../metadata/alert-rules.ts'
import type { NewAlert, StoredAlert } from '../metadata/alerts.ts'
import type { Scope } from '../store/scope.ts'
import { validate } from '../validation.ts'
import { SEVERITIES } from './conditions.ts'
import type { ChangedAlert, OpenAlert } from './fold.ts'
import { ruleSchema, type AlertRule } from './rule.ts'

const kept = z.object({
  levels: z.array(z.enum(['ok', 'held', 'warning', 'critical', 'unknown'])),
  value: z.number().nullable(),
  reason: z.string(),
  notifiedSeverity: z.enum(SEVERITIES).nullable(),
  notifiedAt: z.string().nullable(),
})

/** The executions that an owner's rules are about. */
export function scopeOfOwner({ organizationId, workspaceId }: Owner): Scope {
  if (organizationId === null) return 'all'
  return workspaceId === null ? { organizationId } : { organizationId, workspaceId }
}

/** What a stored rule says. @throws {ExectrailError} `conflict` for one that an older or a newer release has written */
export function ruleOf({ name, definition }: Pick<StoredRule, 'name' | 'definition'>): AlertRule {
  const parsed = validate(ruleSchema, definition)
  if (parsed.ok) return parsed.value
  const issues = parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new ExectrailError(
    'conflict',
    `this release cannot read the rule ${JSON.stringify(name)}: ${issues}`,
    {
      hint: 'Change its fields that are named, or delete it.',
    },
  )
}

/** What was last seen of a stored alert. */
export function lastSeen({ state }: StoredAlert): z.infer<typeof kept> {
  return kept.parse(state)
}

export function toOpenAlert(alert: StoredAlert): OpenAlert & { ruleId: string } {
  const { id, ruleId, key, severity, since, firedAt, acknowledgedAt, phase } = alert
  return {
    id,
    ruleId,
    key,
    state: {
      phase: phase === 'pending' ? 'pending' : 'firing',
      severity,
      since,
      firedAt,
      acknowledged: acknowledgedAt !== null,
      ...lastSeen(alert),
    },
  }
}

export function toNewAlert(
  rule: StoredRule,
  { id, key, state, endedAt }: ChangedAlert,
  name: string,
): NewAlert {
  const { phase, severity, since, firedAt, acknowledged: _, ...rest } = state
  return {
    id,
    ruleId: rule.id,
    organizationId: rule.organizationId,
    workspaceId: rule.workspaceId,
    groupName: name,
    key: { ...key },
    phase: endedAt === null ? phase : 'resolved',
    severity,
    state: { ...rest, value: rest.value !== null && Number.isFinite(rest.value) ? rest.value : null },
    since,
    firedAt,
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  }
}
