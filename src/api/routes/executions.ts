import { Hono } from 'hono'
import { getExecution } from '../../service/get-execution.ts'
import { scopeOf } from '../auth.ts'
import { describe } from '../describe.ts'
import type { ApiEnv, AppParts } from '../environment.ts'
import { answerList, listParameters } from '../list-parameters.ts'
import { organization, pathId, query } from '../parameters.ts'
import { executionSchema, pageSchema } from '../record-schema.ts'
import { runDocumented, runFromBody } from './run.ts'

const list = describe({
  id: 'listExecutions',
  summary: 'Executions, newest first',
  tag: 'executions',
  reply: pageSchema,
  means: 'One page',
})

const one = describe({
  id: 'getExecution',
  summary: 'One execution, whole',
  tag: 'executions',
  reply: executionSchema,
  means: 'The record',
})

/** `/v1/executions` */
export function executions(parts: AppParts): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', list, query(listParameters), async (c) =>
      c.json(await answerList(c, parts, c.req.valid('query'))),
    )
    .post('/', runDocumented, query({}), async (c) => c.json(await runFromBody(c, parts)))
    .get('/:id', one, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      return c.json(await getExecution({ store: parts.store, scope }, pathId(c)))
    })
}
