import { Hono } from 'hono'
import { InvalidRequestError } from '../../errors.ts'
import { getTrace } from '../../service/traces.ts'
import { resolveWindow } from '../../service/window.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { window } from '../filter-parameters.ts'
import { organization, pathId, query } from '../parameters.ts'
import { traceSchema } from '../workflow-schema.ts'

const TRACE_ID = /^[0-9a-f]{32}$/u

const documented = documentRoute({
  id: 'getTrace',
  summary: 'Spans and executions of a trace as a tree',
  tag: 'workflows',
  reply: traceSchema,
  description: 'The trace; at most 2000 spans and 1000 executions of it',
})

/** `/v1/traces` */
export function traces({ store, signozUrl = null }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/:id', documented, query({ organization, ...window }), async (c) => {
    const given = c.req.valid('query')
    const traceId = pathId(c).toLowerCase()
    if (!TRACE_ID.test(traceId))
      throw new InvalidRequestError([{ path: 'id', message: 'a trace id is 32 hexadecimal digits' }])
    const scope = scopeOf(c, given.organization)
    const searched = resolveWindow(given, Date.now())
    return c.json(await getTrace({ store, scope, signozUrl }, { traceId, window: searched }))
  })
}
