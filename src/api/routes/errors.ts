import { Hono } from 'hono'
import { z } from 'zod'
import { InvalidRequestError } from '../../errors.ts'
import { DECIDED_STATES } from '../../metadata/error-states.ts'
import { decideError, type ErrorChange } from '../../service/decide-error.ts'
import { listErrors, USUAL_STATES } from '../../service/list-errors.ts'
import { ERROR_STATES } from '../../store/error-state.ts'
import { ERROR_ORDERS } from '../../store/queries/errors.ts'
import { errorDecisionSchema, errorsSchema } from '../comparison-schema.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readQuestion, scopeParameters } from '../filter-parameters.ts'
import { readBody } from '../json-body.ts'
import { callerOf, needMetadata } from '../metadata.ts'
import { limit, oneOf, organization, query, someOf } from '../parameters.ts'

const documented = documentRoute({
  id: 'getErrors',
  summary: 'Failures grouped by fingerprint',
  tag: 'statistics',
  reply: errorsSchema,
  description: 'The groups',
})

const changeSchema = z
  .strictObject({
    state: oneOf(DECIDED_STATES).optional(),
    assignee: z.string().trim().min(1, 'null for no one').max(256).nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'give `state`, `assignee` or both')

const change = documentRoute({
  id: 'changeError',
  summary: 'Resolve, ignore, assign or reopen a group of errors',
  tag: 'statistics',
  reply: errorDecisionSchema,
  description: 'What is decided about the group now',
  body: changeSchema,
  access: 'write',
})

const parameters = {
  ...scopeParameters,
  limit,
  order: oneOf(ERROR_ORDERS).default('count'),
  state: someOf(ERROR_STATES)
    .optional()
    .describe(`Some of, separated by commas: ${ERROR_STATES.join(', ')}. Default: all but ignored`),
}

/** `/v1/errors` */
export function errors({ store, metadata }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', documented, query(parameters), async (c) => {
      const given = c.req.valid('query')
      const { scope, ...question } = readQuestion(c, given)
      const { order, limit: most, state: states = USUAL_STATES } = given
      const data = await listErrors({ store, metadata, scope }, { ...question, order, states, limit: most })
      return c.json({ window: question.window, data })
    })
    .patch('/:fingerprint', change, query({ organization }), async (c) => {
      const { database } = needMetadata(metadata)
      const caller = callerOf(c, c.req.valid('query').organization)
      return c.json(await decideError({ store, database }, caller, await readChange(c)))
    })
}

/** @throws {InvalidRequestError} for a fingerprint that is none, or a change that changes nothing */
async function readChange(c: ApiContext): Promise<ErrorChange> {
  const fingerprint = c.req.param('fingerprint')?.toLowerCase() ?? ''
  if (!/^[0-9a-f]{16}$/u.test(fingerprint))
    throw new InvalidRequestError([{ path: 'fingerprint', message: 'write 16 hexadecimal digits' }])
  return { fingerprint, ...(await readBody(c, changeSchema)) }
}
