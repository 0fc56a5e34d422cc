import { Hono } from 'hono'
import { listErrors } from '../../service/list-errors.ts'
import { ERROR_ORDERS } from '../../store/queries/errors.ts'
import { errorsSchema } from '../comparison-schema.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readQuestion, scopeParameters } from '../filter-parameters.ts'
import { limit, oneOf, query } from '../parameters.ts'

const documented = documentRoute({
  id: 'getErrors',
  summary: 'Failures grouped by fingerprint',
  tag: 'statistics',
  reply: errorsSchema,
  description: 'The groups',
})

/** `/v1/errors` */
export function errors({ store }: AppDependencies): Hono<ApiEnv> {
  const parameters = { ...scopeParameters, limit, order: oneOf(ERROR_ORDERS).default('count') }
  return new Hono<ApiEnv>().get('/', documented, query(parameters), async (c) => {
    const given = c.req.valid('query')
    const { scope, ...question } = readQuestion(c, given)
    const data = await listErrors({ store, scope }, { ...question, order: given.order, limit: given.limit })
    return c.json({ window: question.window, data })
  })
}
