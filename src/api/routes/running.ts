import { Hono } from 'hono'
import { z } from 'zod'
import { listRunning } from '../../service/list-running.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { filterParameters, toFilter } from '../filter-parameters.ts'
import { limit, organization, query } from '../parameters.ts'
import { runningSchema } from '../record-schema.ts'

const running = documentRoute({
  id: 'listRunning',
  summary: 'Executions that wait or run now, the oldest first',
  tag: 'executions',
  reply: z
    .object({
      data: z.array(runningSchema),
      counts: z
        .object({ queued: z.int(), starting: z.int(), running: z.int(), elsewhere: z.int() })
        .describe('Those of this service by phase, and those of other executors that are listed'),
      truncated: z.boolean().describe('True where more run than are listed'),
    })
    .meta({ id: 'Running' }),
  description: 'What waits and runs',
})

/** `/v1/running` */
export function runningExecutions({ store, executor }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    running,
    query({ organization, ...filterParameters, limit }),
    async (c) => {
      const given = c.req.valid('query')
      const scope = scopeOf(c, given.organization)
      return c.json(
        await listRunning({ store, scope, executor }, { filter: toFilter(given), limit: given.limit }),
      )
    },
  )
}
