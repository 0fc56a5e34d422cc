import { Hono } from 'hono'
import { z } from 'zod'
import { listAlerts, parseCursor } from '../../alerts/alert-view.ts'
import { alertNotifications, decideAlert } from '../../alerts/manage-alerts.ts'
import { ALERT_KEYS } from '../../alerts/rule.ts'
import { activeSilences, silence, unsilence } from '../../alerts/manage-silences.ts'
import { ALERT_PHASES } from '../../metadata/alerts.ts'
import { alertSchema, sentNotificationSchema, silenceSchema } from '../alerts-schema.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { limit, organization, pathId, query, someOf, time } from '../parameters.ts'
import { alertChannels } from './alert-channels.ts'
import { alertRules } from './alert-rules.ts'

const tag = 'alerts'
const silenceBody = z.strictObject({
  ruleId: z.string().max(64).optional().describe('Only alerts of this rule'),
  matches: z
    .partialRecord(z.enum(ALERT_KEYS), z.string().max(256).nullable())
    .default({})
    .describe('Alerts whose group has these values'),
  comment: z.string().max(500).default(''),
  startsAt: time.optional().describe('Default: now'),
  endsAt: time,
})

const routes = {
  list: documentRoute({
    id: 'listAlerts',
    summary: 'Alerts, the newest first',
    tag,
    reply: z.object({ data: z.array(alertSchema), nextCursor: z.string().nullable() }),
    description: 'The alerts of the page',
  }),
  acknowledge: documentRoute({
    id: 'acknowledgeAlert',
    summary: 'Acknowledge an alert, which stops its reminders',
    tag,
    reply: alertSchema,
    description: 'The alert',
    access: 'write',
  }),
  resolve: documentRoute({
    id: 'resolveAlert',
    summary: 'End an alert; the next breach is a new one',
    tag,
    reply: alertSchema,
    description: 'The alert',
    access: 'write',
  }),
  notifications: documentRoute({
    id: 'listAlertNotifications',
    summary: 'What was sent of an alert, the newest first, at most 100',
    tag,
    reply: z.object({ data: z.array(sentNotificationSchema) }),
    description: 'The notifications',
  }),
  silences: documentRoute({
    id: 'listAlertSilences',
    summary: 'Silences that have not ended, at most 1000',
    tag,
    reply: z.object({ data: z.array(silenceSchema) }),
    description: 'The silences',
  }),
  silence: documentRoute({
    id: 'silenceAlerts',
    summary: 'Silence alerts for a time: they are evaluated without notifications',
    tag,
    reply: silenceSchema,
    description: 'The silence',
    body: silenceBody,
    access: 'write',
  }),
  unsilence: documentRoute({
    id: 'endAlertSilence',
    summary: 'End a silence now',
    tag,
    reply: silenceSchema,
    description: 'The silence',
    access: 'write',
  }),
}

const listParameters = {
  organization,
  limit,
  phase: someOf(ALERT_PHASES).optional(),
  ruleId: z.guid('the id of a rule, which GET /v1/alerts/rules shows').optional(),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
}

/** `/v1/alerts` */
export function alerts(dependencies: AppDependencies): Hono<ApiEnv> {
  const database = () => needMetadata(dependencies.metadata).database
  return new Hono<ApiEnv>()
    .route('/rules', alertRules(dependencies))
    .route('/channels', alertChannels(dependencies))
    .get('/', routes.list, query(listParameters), async (c) => {
      const {
        organization: given,
        phase: phases = ALERT_PHASES,
        ruleId,
        cursor,
        limit: most,
      } = c.req.valid('query')
      const asked = { ruleId, phases, after: parseCursor(cursor), limit: most }
      return c.json(await listAlerts(database(), scopeOf(c, given), asked))
    })
    .get('/silences', routes.silences, query({ organization }), async (c) =>
      c.json({ data: await activeSilences(database(), scopeOf(c, c.req.valid('query').organization)) }),
    )
    .post('/silences', routes.silence, query({ organization }), async (c) => {
      const body = await readBody(c, silenceBody)
      return c.json(await silence(database(), callerOf(c, c.req.valid('query').organization), body))
    })
    .delete('/silences/:id', routes.unsilence, query({ organization }), async (c) =>
      c.json(await unsilence(database(), callerOf(c, c.req.valid('query').organization), pathId(c))),
    )
    .post('/:id/acknowledge', routes.acknowledge, query({ organization }), async (c) => {
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await decideAlert(database(), caller, pathId(c), 'acknowledged'))
    })
    .post('/:id/resolve', routes.resolve, query({ organization }), async (c) => {
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await decideAlert(database(), caller, pathId(c), 'resolved'))
    })
    .get('/:id/notifications', routes.notifications, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json({ data: await alertNotifications(database(), scope, pathId(c)) })
    })
}
