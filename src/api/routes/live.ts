import { Hono } from 'hono'
import { z } from 'zod'
import { LIVE_KINDS } from '../../service/live/live-events.ts'
import { LiveFeed } from '../../service/live/live-feed.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { eventStream } from '../event-stream.ts'
import { filterParameters, toFilter } from '../filter-parameters.ts'
import { organization, query, someOf } from '../parameters.ts'
import { executionSchema } from '../record-schema.ts'

const live = documentRoute({
  id: 'streamLive',
  summary: 'Executions as they start and end, as server-sent events',
  tag: 'executions',
  streams: true,
  reply: z.union([executionSchema.partial(), z.object({ skipped: z.int() })]),
  description:
    'Events `started` and `execution`, each with the record without bodies, and `skipped` with a count. Ids are resumable by `Last-Event-ID`',
})

const events = someOf(LIVE_KINDS)
  .optional()
  .describe('`started`, `completed` or both, separated by commas. Default: both')

/** `/v1/live` */
export function liveEvents({ store, log }: AppDependencies): Hono<ApiEnv> {
  const feed = new LiveFeed(store, log)
  return new Hono<ApiEnv>().get(
    '/',
    live,
    query({ organization, ...filterParameters, events }),
    async (c) => {
      const given = c.req.valid('query')
      const question = {
        scope: scopeOf(c, given.organization),
        filter: toFilter(given),
        kinds: given.events ?? LIVE_KINDS,
      }
      const subscription = await feed.subscribe(question, c.req.header('Last-Event-ID') ?? null)
      return eventStream(c, subscription.events, subscription.close)
    },
  )
}
