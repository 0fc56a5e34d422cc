import { InvalidRequestError, type Issue } from '../../errors.ts'
import type { ExecutionRequest } from '../../execution.ts'
import { memberSource } from '../../exact-json.ts'
import { executionRequestSchema } from '../../executor/request-schema.ts'
import { runCode, type RunView } from '../../service/run-code.ts'
import { scopeOf } from '../auth.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiContext, AppDependencies } from '../context.ts'
import { readJson } from '../json-body.ts'
import { runSchema } from '../record-schema.ts'
import { callerContext } from '../trace-context.ts'

export const runRoute = documentRoute({
  id: 'runCode',
  summary: 'Run code once',
  tag: 'executions',
  reply: runSchema,
  description: 'The code ran or was stopped; `outcome` says how it ended',
  body: executionRequestSchema.omit({ replayOf: true }),
  access: 'execute',
})

/**
 * Runs the code in the body. Closing the connection cancels the execution. The caller's span (`traceparent`) becomes the
 * parent of the execution's span.
 */
export async function runFromBody(c: ApiContext, { executor }: AppDependencies): Promise<RunView> {
  const { body, text } = await readJson(c)
  rejectCallbacks(body)
  const idempotencyKey = c.req.header('Idempotency-Key')
  const input = memberSource(text, 'input')
  const given = {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...body,
    ...(input === null ? {} : { input }),
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the executor checks the whole request and reports every issue at once
  const request = {
    ...given,
    signal: c.req.raw.signal,
    parent: callerContext(c),
  } as unknown as ExecutionRequest
  return runCode({ executor, scope: scopeOf(c, undefined) }, request)
}

const NOT_IN_A_BODY: Readonly<Record<string, string>> = {
  signal: 'cannot come over HTTP',
  onOutput: 'cannot come over HTTP',
  parent: 'cannot come over HTTP; send the header traceparent',
  traceparent: 'send it as a header',
  tracestate: 'send it as a header',
  replayOf: 'comes from POST /v1/executions/{id}/replay alone',
}

function rejectCallbacks(body: Record<string, unknown>): void {
  const issues: Issue[] = Object.entries(NOT_IN_A_BODY)
    .filter(([name]) => Object.hasOwn(body, name))
    .map(([path, message]) => ({ path, message }))
  if (issues.length > 0) throw new InvalidRequestError(issues, 'Close the connection to cancel.')
}
