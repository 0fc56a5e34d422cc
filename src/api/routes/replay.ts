import { memberSource } from '../../exact-json.ts'
import { executionRequestSchema } from '../../executor/request-schema.ts'
import { replay, startReplay, type ReplayChanges } from '../../service/replay.ts'
import { checked } from '../../validation.ts'
import { requireScope, scopeOf } from '../auth.ts'
import type { ApiContext, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readJson } from '../json-body.ts'
import { pathExecutionId } from '../parameters.ts'
import { runningSchema, runSchema } from '../record-schema.ts'
import { callerContext } from '../trace-context.ts'
import { answerBegun, prefersAsync } from './run.ts'

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
  summary: 'Run an execution again, as it was or with changes; with `Prefer: respond-async` begin it',
  tag: 'executions',
  reply: runSchema,
  description: 'The code ran or was stopped; `replayOf` names the execution that it repeats',
  also: {
    202: {
      description: 'It waits or runs; GET the address in `Location` for the result',
      reply: runningSchema,
    },
  },
  body: changesSchema,
  access: 'execute',
})

/** Runs the execution of the path again. Closing the connection cancels it, unless the caller prefers not to wait. */
export async function replayFromBody(
  c: ApiContext,
  { executor, store, readBlob = null }: AppDependencies,
  organization: string | undefined,
): Promise<Response> {
  // The reply has code and input of the execution.
  requireScope(c, 'read')
  const parts = { store, executor, readBlob, scope: scopeOf(c, organization) }
  const changes = await readChanges(c)
  const given = { executionId: pathExecutionId(c), changes, parent: callerContext(c) }
  if (prefersAsync(c)) return answerBegun(c, { executor }, await startReplay(parts, given))
  return c.json(await replay(parts, { ...given, signal: c.req.raw.signal }))
}

async function readChanges(c: ApiContext): Promise<ReplayChanges> {
  const idempotencyKey = c.req.header('Idempotency-Key')
  const { body, text } = hasBody(c) ? await readJson(c) : { body: {}, text: '{}' }
  const changes = checked(changesSchema, {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...body,
  })
  const input = memberSource(text, 'input')
  return { ...changes, ...(input === null ? {} : { input }) }
}

/** A replay without changes needs no body. */
function hasBody(c: ApiContext): boolean {
  return (
    c.req.header('Content-Type') !== undefined ||
    (c.req.header('Content-Length') ?? '0') !== '0' ||
    c.req.header('Transfer-Encoding') !== undefined
  )
}
