import { Hono } from 'hono'
import { z } from 'zod'
import { getWorkflowExecution, listWorkflowExecutions } from '../../service/workflow-executions.ts'
import { resolveWindow } from '../../service/window.ts'
import { WORKFLOW_STATES, type WorkflowPosition } from '../../store/queries/workflow-executions.ts'
import { scopeOf } from '../auth.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { decodeCursor, encodeCursor, hashFilters } from '../cursor.ts'
import { documentRoute } from '../document-route.ts'
import { scopeParameters, toFilter, window } from '../filter-parameters.ts'
import { listPage, listParameters } from '../list-parameters.ts'
import { limit, organization, pathId, query, someOf } from '../parameters.ts'
import { pageSchema } from '../record-schema.ts'
import { workflowPageSchema, workflowSchema } from '../workflow-schema.ts'

const { workflowExecutionId: _fixed, ...logParameters } = listParameters

const logs = documentRoute({
  id: 'getWorkflowExecutionLogs',
  summary: 'Executions of one run of a workflow, newest first',
  tag: 'workflows',
  reply: pageSchema,
  description: 'One page',
})

const list = documentRoute({
  id: 'listWorkflowExecutions',
  summary: 'Runs of workflows with state and totals, newest first',
  tag: 'workflows',
  reply: workflowPageSchema,
  description: 'One page',
})

const one = documentRoute({
  id: 'getWorkflowExecution',
  summary: 'One run of a workflow: totals, nodes with their attempts, spans',
  tag: 'workflows',
  reply: workflowSchema,
  description: 'The run',
})

const runParameters = {
  ...scopeParameters,
  state: someOf(WORKFLOW_STATES).optional(),
  limit,
  cursor: z.string('give it once').optional().describe('`nextCursor` of the page before'),
}

/** `/v1/workflow-executions` */
export function workflowExecutions(dependencies: AppDependencies): Hono<ApiEnv> {
  const { signozUrl = null, store } = dependencies
  return new Hono<ApiEnv>()
    .get('/', list, query(runParameters), async (c) =>
      c.json(await runPage(c, dependencies, c.req.valid('query'))),
    )
    .get('/:id/logs', logs, query(logParameters), async (c) => {
      const fixed = [{ field: 'workflowExecutionId', operator: '=', values: [pathId(c)] } as const]
      return c.json(await listPage(c, dependencies, { ...c.req.valid('query'), fixed }))
    })
    .get('/:id', one, query({ organization, ...window }), async (c) => {
      const given = c.req.valid('query')
      const scope = scopeOf(c, given.organization)
      const searched = resolveWindow(given, Date.now())
      return c.json(
        await getWorkflowExecution(
          { store, scope, signozUrl },
          { workflowExecutionId: pathId(c), window: searched },
        ),
      )
    })
}

type RunQuery = z.output<z.ZodObject<typeof runParameters>>

async function runPage(c: ApiContext, { store }: AppDependencies, given: RunQuery) {
  const { from, to, limit: pageSize, state: states = [], cursor } = given
  const scope = scopeOf(c, given.organization)
  const filter = toFilter(given)
  const filtersHash = hashFilters({ of: 'runs', filter, scope, states })
  const before = cursor === undefined ? null : decodeCursor(filtersHash, cursor)
  const searched = before?.window ?? resolveWindow({ from, to }, Date.now())
  const after = before === null ? null : toRun(before.position)
  const { data, next } = await listWorkflowExecutions(
    { store, scope },
    { window: searched, filter, states, after, limit: pageSize },
  )
  const nextCursor =
    next === null ? null : encodeCursor(filtersHash, { window: searched, position: toPosition(next) })
  return { data, nextCursor, window: searched }
}

function toPosition({ startedAt, organizationId, workflowExecutionId }: WorkflowPosition) {
  return { rank: null, startedAt, executionId: `${organizationId}\n${workflowExecutionId}` }
}

function toRun({ startedAt, executionId }: { startedAt: string; executionId: string }): WorkflowPosition {
  const [organizationId = '', ...rest] = executionId.split('\n')
  return { startedAt, organizationId, workflowExecutionId: rest.join('\n') }
}
