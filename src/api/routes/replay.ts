import { InvalidRequestError } from '../../errors.ts'
import { memberSource } from '../../exact-json.ts'
import { executionRequestSchema } from '../../executor/request-schema.ts'
import { replay, type ReplayChanges } from '../../service/replay.ts'
import type { RunView } from '../../service/run-code.ts'
import { validate } from '../../validation.ts'
import { requireScope, scopeOf } from '../auth.ts'
import type { ApiContext, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readJson } from '../json-body.ts'
import { pathExecutionId } from '../parameters.ts'
import { runSchema } from '../record-schema.ts'
import { callerContext } from '../trace-context.ts'

const changesSchema = executionRequestSchema
  .pick({
    runtime: true,
    language: true,
    input: true,
    limits: true,
    env: true,
    files: true,
    network: true,
    context: true,
    idempotencyKey: true,
  })
  .partial()
  .refine(({ context }) => context?.organizationId === undefined, {
    path: ['context', 'organizationId'],
    message: 'a replay stays in the organization of its execution',
  })
  .meta({ example: { runtime: 'vm2', limits: { timeoutMs: 60_000 } } })

export const replayRoute = documentRoute({
  id: 'replayExecution',
  summary: 'Run an execution again, as it was or with changes',
  tag: 'executions',
  reply: runSchema,
  description: 'The code ran or was stopped; `replayOf` names the execution that it repeats',
  body: changesSchema,
  access: 'execute',
})

/** Runs the execution of the path again. Closing the connection cancels the replay. */
export async function replayFromBody(
  c: ApiContext,
  { executor, store }: AppDependencies,
  organization: string | undefined,
): Promise<RunView> {
  // The reply has code and input of the execution.
  requireScope(c, 'read')
  return replay(
    { store, executor, scope: scopeOf(c, organization) },
    {
      executionId: pathExecutionId(c),
      changes: await readChanges(c),
      signal: c.req.raw.signal,
      parent: callerContext(c),
    },
  )
}

async function readChanges(c: ApiContext): Promise<ReplayChanges> {
  const idempotencyKey = c.req.header('Idempotency-Key')
  const { body, text } = hasBody(c) ? await readJson(c) : { body: {}, text: '{}' }
  const parsed = validate(changesSchema, {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...body,
  })
  if (!parsed.ok) throw new InvalidRequestError(parsed.issues)
  const input = memberSource(text, 'input')
  return { ...parsed.value, ...(input === null ? {} : { input }) }
}

/** A replay without changes needs no body. */
function hasBody(c: ApiContext): boolean {
  return (
    c.req.header('Content-Type') !== undefined ||
    (c.req.header('Content-Length') ?? '0') !== '0' ||
    c.req.header('Transfer-Encoding') !== undefined
  )
}
