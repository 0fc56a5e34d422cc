import { Hono } from 'hono'
import { z } from 'zod'
import { ISOLATIONS, LANGUAGES, LIMITS, RUNTIMES } from '../../execution.ts'
import { listRuntimes } from '../../service/list-runtimes.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { query } from '../parameters.ts'

const runtimeSchema = z
  .object({
    name: z.enum(RUNTIMES),
    languages: z.array(z.enum(LANGUAGES)),
    streaming: z.boolean(),
    ready: z.boolean(),
    version: z.string().nullable(),
    isolation: z.enum(ISOLATIONS).describe('What holds around the code on this host'),
    enforces: z.array(z.enum(LIMITS)).describe('Limits that hold on this host'),
    missing: z.array(z.object({ what: z.string(), fix: z.string() })),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Runtime' })

const documented = documentRoute({
  id: 'listRuntimes',
  summary: 'Runtimes, whether each is ready, and what is missing',
  tag: 'runtimes',
  reply: z.object({ data: z.array(runtimeSchema) }),
  description: 'Every runtime of this executor',
})

/** `GET /v1/runtimes` */
export function runtimes({ executor }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/', documented, query({}), async (c) => {
    return c.json({ data: await listRuntimes(executor) })
  })
}
