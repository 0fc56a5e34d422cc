import { InvalidRequestError, type Issue } from '../../errors.ts'
import type { ExecutionRequest } from '../../execution.ts'
import { executionRequestSchema } from '../../executor/request-schema.ts'
import { runCode, type RunView } from '../../service/run-code.ts'
import { scopeOf } from '../auth.ts'
import { describe } from '../describe.ts'
import type { ApiContext, AppParts } from '../environment.ts'
import { readJsonObject } from '../json-body.ts'
import { runSchema } from '../record-schema.ts'
import { withCallerTrace } from '../trace-context.ts'

export const runDocumented = describe({
  id: 'runCode',
  summary: 'Run code once',
  tag: 'executions',
  reply: runSchema,
  means: 'The code ran, or was stopped; `outcome` says how it ended',
  body: executionRequestSchema,
})

/**
 * Runs the code of the body. A caller that hangs up cancels the execution; its `traceparent` becomes the
 * parent of the execution's span.
 */
export async function runFromBody(c: ApiContext, { executor }: AppParts): Promise<RunView> {
  const body = await readJsonObject(c)
  rejectCallbacks(body)
  const idempotencyKey = c.req.header('Idempotency-Key')
  const given = { ...(idempotencyKey === undefined ? {} : { idempotencyKey }), ...body }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the executor checks the whole request and reports every issue at once
  const request = { ...given, signal: c.req.raw.signal } as unknown as ExecutionRequest
  const scope = scopeOf(c, undefined)
  return withCallerTrace(c, () => runCode({ executor, scope }, request))
}

function rejectCallbacks(body: Record<string, unknown>): void {
  const issues: Issue[] = ['signal', 'onOutput']
    .filter((name) => Object.hasOwn(body, name))
    .map((path) => ({ path, message: 'cannot come over HTTP' }))
  if (issues.length > 0) throw new InvalidRequestError(issues, 'Hang up to cancel.')
}
