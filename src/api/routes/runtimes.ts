import { Hono } from 'hono'
import { z } from 'zod'
import { ISOLATIONS, LANGUAGES, LIMITS, RUNTIMES } from '../../execution.ts'
import { listRuntimes } from '../../service/list-runtimes.ts'
import { describe } from '../describe.ts'
import type { ApiEnv, AppParts } from '../environment.ts'
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

const documented = describe({
  id: 'listRuntimes',
  summary: 'Runtimes, whether each is ready, and what is missing',
  tag: 'runtimes',
  reply: z.object({ data: z.array(runtimeSchema) }),
  means: 'Every runtime of this executor',
})

/** `GET /v1/runtimes` */
export function runtimes({ executor }: AppParts): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/', documented, query({}), async (c) => {
    return c.json({ data: await listRuntimes(executor) })
  })
}
