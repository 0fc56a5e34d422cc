import { Hono } from 'hono'
import { z } from 'zod'
import { CHANNEL_KINDS } from '../../alerts/channels/channel.ts'
import { createSeal } from '../../alerts/channels/seal.ts'
import type { Outlets } from '../../alerts/channels/send.ts'
import {
  deleteChannel,
  listChannels,
  saveChannel,
  testChannel,
  type ChannelParts,
} from '../../alerts/manage-channels.ts'
import { channelSchema } from '../alerts-schema.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { oneOf, organization, pathId, query } from '../parameters.ts'

const tag = 'alerts'
const HOURLY_LIMIT = 60
const bodySchema = z.strictObject({
  name: z.string('give the channel a name').trim().min(1, 'give the channel a name').max(100),
  kind: oneOf(CHANNEL_KINDS),
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('webhook: url. email: to. All: title and body, templates of the text'),
  secret: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Never shown again. slack, teams, discord: url. pagerduty: routingKey. opsgenie: apiKey. webhook: signingSecret; absent, one is made and shown once',
    ),
  hourlyLimit: z
    .int()
    .min(1)
    .max(10_000)
    .default(HOURLY_LIMIT)
    .describe('Notifications an hour, at most; more wait'),
})

const routes = {
  list: documentRoute({
    id: 'listAlertChannels',
    summary: 'Channels of alerts, without their secrets',
    tag,
    reply: z.object({ data: z.array(channelSchema) }),
    description: 'The channels',
  }),
  save: documentRoute({
    id: 'saveAlertChannel',
    summary: 'Make a channel, or change the one of that name; it is saved if a test message comes through',
    tag,
    reply: channelSchema
      .extend({ signingSecret: z.string().optional().describe('Where one was made; shown this once') })
      .meta({ id: 'SavedAlertChannel' }),
    description: 'The channel',
    body: bodySchema,
    access: 'write',
  }),
  test: documentRoute({
    id: 'testAlertChannel',
    summary: 'Send a test message',
    tag,
    reply: channelSchema,
    description: 'The channel, which took it',
    access: 'write',
  }),
  remove: documentRoute({
    id: 'deleteAlertChannel',
    summary: 'Delete a channel; what waits for it is not sent',
    tag,
    reply: channelSchema,
    description: 'The channel that was',
    access: 'write',
  }),
}

/** Channels of a service without settings reach only public addresses. */
const NO_OUTLETS: Outlets = {
  allowedAddresses: [],
  smtpUrl: null,
  mailFrom: 'exectrail@localhost',
  publicUrl: null,
}

/** `/v1/alerts/channels`; a channel is named by its id or its name. */
export function alertChannels({ metadata, alertOutlets, alertSeal }: AppDependencies): Hono<ApiEnv> {
  const parts = (): ChannelParts => ({
    database: needMetadata(metadata).database,
    outlets: alertOutlets ?? NO_OUTLETS,
    seal: alertSeal ?? createSeal(null),
  })
  return new Hono<ApiEnv>()
    .get('/', routes.list, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json({ data: await listChannels(parts().database, scope) })
    })
    .post('/', routes.save, query({ organization }), async (c) => {
      const body = await readBody(c, bodySchema)
      return c.json(await saveChannel(parts(), callerOf(c, c.req.valid('query').organization), body))
    })
    .post('/:id/test', routes.test, query({ organization }), async (c) =>
      c.json(await testChannel(parts(), scopeOf(c, c.req.valid('query').organization), pathId(c))),
    )
    .delete('/:id', routes.remove, query({ organization }), async (c) =>
      c.json(
        await deleteChannel(parts().database, callerOf(c, c.req.valid('query').organization), pathId(c)),
      ),
    )
}
