import { Hono } from 'hono'
import { describe } from '../describe.ts'
import type { ApiEnv, AppParts } from '../environment.ts'
import { answerList, listParameters } from '../list-parameters.ts'
import { pathId, query } from '../parameters.ts'
import { pageSchema } from '../record-schema.ts'

const { workflowExecutionId: _fixed, ...parameters } = listParameters

const documented = describe({
  id: 'getWorkflowExecutionLogs',
  summary: 'Executions of one run of a workflow, newest first',
  tag: 'workflows',
  reply: pageSchema,
  means: 'One page',
})

/** `/v1/workflow-executions` */
export function workflowExecutions(parts: AppParts): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/:id/logs', documented, query(parameters), async (c) => {
    const fixed = { workflowExecutionId: pathId(c) }
    return c.json(await answerList(c, parts, { ...c.req.valid('query'), fixed }))
  })
}
