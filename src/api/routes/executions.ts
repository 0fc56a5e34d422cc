import { Hono } from 'hono'
import { getExecution } from '../../service/get-execution.ts'
import { scopeOf } from '../auth.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { listPage, listParameters } from '../list-parameters.ts'
import { organization, pathId, query } from '../parameters.ts'
import { executionSchema, pageSchema } from '../record-schema.ts'
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
  summary: 'One execution, whole',
  tag: 'executions',
  reply: executionSchema,
  description: 'The record',
})

/** `/v1/executions` */
export function executions(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', list, query(listParameters), async (c) =>
      c.json(await listPage(c, dependencies, c.req.valid('query'))),
    )
    .post('/', runRoute, query({}), async (c) => c.json(await runFromBody(c, dependencies)))
    .post('/:id/replay', replayRoute, query({ organization }), async (c) =>
      c.json(await replayFromBody(c, dependencies, c.req.valid('query').organization)),
    )
    .get('/:id', one, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json(await getExecution({ store: dependencies.store, scope }, pathId(c)))
    })
}
