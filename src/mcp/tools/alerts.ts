/** Tools about alerts. */
import { z } from 'zod'
import { SEVERITIES } from '../../alerts/conditions.ts'
import { InvalidRequestError } from '../../errors.ts'
import { ALERT_PHASES } from '../../metadata/alerts.ts'
import { spanMs } from '../../service/window.ts'
import { windowInput } from '../parameters.ts'
import { UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const { organization } = windowInput
const time = z.string().nullable()
const group = z.record(z.string(), z.string().nullable())

const alertSchema = z.object({
  id: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  group,
  phase: z.enum(ALERT_PHASES),
  severity: z.enum(SEVERITIES),
  value: z.number().nullable(),
  reason: z.string(),
  since: z.string(),
  firedAt: time,
  endedAt: time,
  acknowledgedBy: time,
  executions: z
    .object({ from: z.string(), to: z.string(), where: z.array(z.string()) })
    .describe('Arguments of search_executions for those that it is about'),
})

export const listAlerts = defineTool({
  name: 'list_alerts',
  title: 'List alerts',
  kind: 'reads',
  description: `Alerts, the newest first: which rule fired for which group, why, since when, who takes care of it, and the executions that it is about. ${UNTRUSTED}`,
  input: z.strictObject({
    phase: z
      .array(z.enum(ALERT_PHASES))
      .min(1)
      .default(['firing'])
      .describe('`pending`: it breaches, but not yet for long enough'),
    limit: z.int().min(1).max(100).default(20),
    cursor: z.string().optional().describe('`nextCursor` of the page before'),
    organization,
  }),
  output: z.object({ alerts: z.array(alertSchema), nextCursor: z.string().nullable() }),
  async answer(asked, { client, signal }) {
    const { data: alerts, nextCursor } = await client.listAlerts(asked, { signal })
    return { alerts, nextCursor }
  },
})

const ACTIONS = ['acknowledge', 'resolve', 'silence'] as const

export const handleAlert = defineTool({
  name: 'handle_alert',
  title: 'Acknowledge, resolve or silence',
  kind: 'changes',
  description:
    'Acknowledges an alert (its reminders stop), resolves it (it ends; the next breach is a new one), or silences alerts for a time (they are evaluated without notifications). Only when the person asked for it: it hides problems from people.',
  input: z.strictObject({
    action: z.enum(ACTIONS),
    alertId: z.string().optional().describe('To acknowledge or resolve'),
    ruleId: z.string().optional().describe('To silence: only alerts of this rule. Default: every rule'),
    matches: group.optional().describe('To silence: alerts whose `group` has these values'),
    for: z.string().default('1h').describe('To silence, so long from now: 30m, 2h, 7d'),
    comment: z.string().max(500).optional().describe('Why it is silenced'),
    organization,
  }),
  output: z.object({
    alert: z.record(z.string(), z.unknown()).optional().describe('As list_alerts shows it'),
    silence: z.record(z.string(), z.unknown()).optional(),
  }),
  async answer({ action, alertId: id, ruleId, matches, comment, for: span, ...owner }, { client, signal }) {
    if (action === 'silence') {
      const endsAt = new Date(Date.now() + spanMs(span, 'for')).toISOString()
      const made = await client.silenceAlerts({ ...owner, ruleId, matches, comment, endsAt }, { signal })
      return { silence: { ...made } }
    }
    if (id === undefined)
      throw new InvalidRequestError([{ path: 'alertId', message: `name the alert to ${action}` }])
    const decide = action === 'resolve' ? client.resolveAlert : client.acknowledgeAlert
    return { alert: { ...(await decide({ ...owner, id }, { signal })) } }
  },
})
