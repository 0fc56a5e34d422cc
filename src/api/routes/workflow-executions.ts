import { Hono } from 'hono'
import { documentRoute } from '../document-route.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { listPage, listParameters } from '../list-parameters.ts'
import { pathId, query } from '../parameters.ts'
import { pageSchema } from '../record-schema.ts'

const { workflowExecutionId: _fixed, ...parameters } = listParameters

const documented = documentRoute({
  id: 'getWorkflowExecutionLogs',
  summary: 'Executions of one run of a workflow, newest first',
  tag: 'workflows',
  reply: pageSchema,
  description: 'One page',
})

/** `/v1/workflow-executions` */
export function workflowExecutions(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/:id/logs', documented, query(parameters), async (c) => {
    const fixed = [{ field: 'workflowExecutionId', operator: '=', values: [pathId(c)] } as const]
    return c.json(await listPage(c, dependencies, { ...c.req.valid('query'), fixed }))
  })
}
