import { InvalidRequestError, type Issue } from '../../errors.ts'
import type { ExecutionRequest } from '../../execution.ts'
import { memberSource } from '../../exact-json.ts'
import type { LiveExecution } from '../../executor/executions.ts'
import { runRequestSchema } from '../../executor/request-schema.ts'
import { viewOne } from '../../service/live-execution.ts'
import { runCode, startCode, viewRun } from '../../service/run-code.ts'
import { requireScope, scopeOf } from '../auth.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiContext, AppDependencies } from '../context.ts'
import { readJson } from '../json-body.ts'
import { runningSchema, runSchema } from '../record-schema.ts'
import { callerContext } from '../trace-context.ts'

export const runRoute = documentRoute({
  id: 'runCode',
  summary: 'Run code or a code agent once; with `Prefer: respond-async` begin it and answer at once',
  tag: 'executions',
  reply: runSchema,
  description: 'The code ran or was stopped; `outcome` says how it ended',
  also: {
    202: {
      description: 'It waits or runs; GET the address in `Location` for the result',
      reply: runningSchema,
    },
  },
  body: runRequestSchema,
  access: 'execute',
})

/**
 * Runs the code in the body. Closing the connection cancels the execution, unless the caller prefers not to wait. The
 * caller's span (`traceparent`) becomes the parent of the execution's span.
 */
export async function runFromBody(c: ApiContext, dependencies: AppDependencies): Promise<Response> {
  const request = await readRequest(c)
  const parts = { executor: dependencies.executor, scope: scopeOf(c, undefined) }
  if (!prefersAsync(c)) return c.json(await runCode(parts, { ...request, signal: c.req.raw.signal }))
  // The result comes by GET.
  requireScope(c, 'read')
  return answerBegun(c, dependencies, await startCode(parts, request))
}

/** What is known of a run that has begun, and where its result will be. */
export function answerBegun(
  c: ApiContext,
  { executor }: Pick<AppDependencies, 'executor'>,
  execution: LiveExecution,
): Response {
  // A repeated request, which was answered already.
  if (execution.ended !== null) return c.json(viewRun(execution.ended.result))
  c.header('Location', `/v1/executions/${execution.started.executionId}`)
  c.header('Preference-Applied', 'respond-async')
  c.header('Retry-After', '1')
  return c.json(viewOne(executor, execution, Date.now()), 202)
}

/** RFC 7240: a list of preferences, each perhaps with a value and parameters. */
export function prefersAsync(c: ApiContext): boolean {
  const preferences = (c.req.header('Prefer') ?? '').split(',')
  return preferences.some((preference) => /^\s*respond-async\s*(?:[;=]|$)/iu.test(preference))
}

async function readRequest(c: ApiContext): Promise<ExecutionRequest> {
  const { body, text } = await readJson(c)
  rejectCallbacks(body)
  const idempotencyKey = c.req.header('Idempotency-Key')
  const input = memberSource(text, 'input')
  const given = {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...body,
    ...(input === null ? {} : { input }),
    parent: callerContext(c),
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the executor checks the whole request and reports every issue at once
  return given as unknown as ExecutionRequest
}

const NOT_IN_A_BODY: Readonly<Record<string, string>> = {
  signal: 'cannot come over HTTP',
  onOutput: 'cannot come over HTTP',
  parent: 'cannot come over HTTP; send the header traceparent',
  traceparent: 'send it as a header',
  tracestate: 'send it as a header',
  replayOf: 'comes only from POST /v1/executions/{id}/replay',
}

function rejectCallbacks(body: Record<string, unknown>): void {
  const issues: Issue[] = Object.entries(NOT_IN_A_BODY)
    .filter(([name]) => Object.hasOwn(body, name))
    .map(([path, message]) => ({ path, message }))
  if (issues.length > 0) throw new InvalidRequestError(issues, 'Close the connection to cancel.')
}
