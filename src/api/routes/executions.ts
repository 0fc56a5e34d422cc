import { Hono } from 'hono'
import { isExectrailError } from '../../errors.ts'
import { permits } from '../../metadata/key-scopes.ts'
import { getExecution } from '../../service/get-execution.ts'
import { findElsewhere } from '../../service/list-running.ts'
import { findLive, viewEnded, viewOne } from '../../service/live-execution.ts'
import { scopeOf } from '../auth.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { listPage, listParameters } from '../list-parameters.ts'
import { organization, pathExecutionId, query } from '../parameters.ts'
import { executionSchema, pageSchema, runningSchema } from '../record-schema.ts'
import { content } from './content.ts'
import { contentLinks } from './content-links.ts'
import { controls } from './execution-controls.ts'
import { exportParameters, exportRoute, sendExport } from './export.ts'
import { replayFromBody, replayRoute } from './replay.ts'
import { runRoute, runFromBody } from './run.ts'

const list = documentRoute({
  id: 'listExecutions',
  summary: 'Executions, newest first',
  tag: 'executions',
  reply: pageSchema,
  description: 'One page',
})

const one = documentRoute({
  id: 'getExecution',
  summary: 'One execution, with its code, input and output',
  tag: 'executions',
  reply: executionSchema,
  description: 'The record; of one that ran asynchronously also its `files`',
  also: { 202: { description: 'It waits or runs', reply: runningSchema } },
})

/** `/v1/executions` */
export function executions(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', list, query(listParameters), async (c) =>
      c.json(await listPage(c, dependencies, c.req.valid('query'))),
    )
    .post('/', runRoute, query({}), (c) => runFromBody(c, dependencies))
    .get('/export', exportRoute, query(exportParameters), (c) =>
      sendExport(c, dependencies, c.req.valid('query')),
    )
    .post('/:id/replay', replayRoute, query({ organization }), (c) =>
      replayFromBody(c, dependencies, c.req.valid('query').organization),
    )
    .get('/:id', one, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      const { store, executor } = dependencies
      const live = findLive(executor, scope, pathExecutionId(c))
      if (live === null) return oneOfStore(c, { store, scope, executor })
      const ended = viewEnded(live, { mayExecute: permits(c.get('key').scopes, 'execute') })
      if (ended !== null) return c.json(ended)
      c.header('Retry-After', '1')
      return c.json(viewOne(executor, live, Date.now()), 202)
    })
    .route('/', controls(dependencies))
    .route('/', content(dependencies))
    .route('/', contentLinks(dependencies))
}

/** Its record, or that another executor has it. */
async function oneOfStore(c: ApiContext, parts: Parameters<typeof findElsewhere>[0]): Promise<Response> {
  try {
    return c.json(await getExecution(parts, pathExecutionId(c)))
  } catch (error) {
    if (!isExectrailError(error) || error.code !== 'not_found') throw error
    const running = await findElsewhere(parts, pathExecutionId(c))
    if (running === null) throw error
    c.header('Retry-After', '1')
    return c.json(running, 202)
  }
}
