/** Errors as RFC 9457 problems. */
import { z } from 'zod'
import { isExectrailError, type ExectrailError, type Issue } from '../errors.ts'
import type { ApiContext } from './context.ts'

/** An error of HTTP itself: a method, a size, a media type. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly hint: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    problem: { status: number; code: string; title: string },
    detail: string,
    options: { hint?: string; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.hint = options.hint
    this.headers = options.headers ?? {}
  }
}

export const METHOD_NOT_ALLOWED = {
  status: 405,
  code: 'method_not_allowed',
  title: 'This resource does not support that method',
}
export const MALFORMED_JSON = { status: 400, code: 'malformed_json', title: 'The body is not JSON' }
const BODY_CUT_SHORT = { status: 400, code: 'body_cut_short', title: 'The body is incomplete' }
export const BODY_TOO_LARGE = { status: 413, code: 'body_too_large', title: 'The body is too large' }
export const UNSUPPORTED_MEDIA_TYPE = {
  status: 415,
  code: 'unsupported_media_type',
  title: 'The body must be JSON',
}
const INTERNAL = { status: 500, code: 'internal', title: 'Something failed on our side' }

export function bodyCutShort(): HttpProblem {
  return new HttpProblem(BODY_CUT_SHORT, 'the connection was closed before the complete body had arrived')
}

/** The shape of every error reply, `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string().describe('Identifies the kind of problem; the same for every occurrence of `code`'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong and why, for a person'),
    instance: z.string().describe('Path of the request'),
    code: z.string().describe('The kind of problem, for a program'),
    hint: z.string().optional().describe('What to do now'),
    requestId: z.string(),
    resetsAt: z.string().optional().describe('When the next period of a spent budget begins, ISO 8601 UTC'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Everything wrong with the input, all at once'),
  })
  .meta({ id: 'Problem' })

const INSTANCE_MAX = 512

interface ProblemFields {
  status: number
  code: string
  title: string
  detail: string
  hint?: string | undefined
  issues?: readonly Issue[]
  resetsAt?: string | undefined
  headers?: Readonly<Record<string, string>>
}

/** The response for an error. Details that callers must not see are logged instead. */
export function answerProblem(error: unknown, c: ApiContext, log: (line: string) => void): Response {
  const problem = toProblem(error, c, log)
  const instance = c.req.path.slice(0, INSTANCE_MAX)
  const body = problemBody(problem, { instance, requestId: c.get('requestId') })
  const headers = { ...problem.headers, 'Content-Type': 'application/problem+json' }
  return new Response(JSON.stringify(body), { status: problem.status, headers })
}

/** What a problem says of one request. */
export function problemBody(
  { code, title, status, detail, hint, resetsAt, issues = [] }: ProblemFields,
  { instance, requestId }: { instance: string; requestId: string },
) {
  const errors = issues.length === 0 ? undefined : issues
  return {
    type: `urn:exectrail:problem:${code}`,
    title,
    status,
    detail,
    instance,
    code,
    hint,
    requestId,
    resetsAt,
    errors,
  }
}

function toProblem(error: unknown, c: ApiContext, log: (line: string) => void): ProblemFields {
  if (error instanceof HttpProblem) return { ...pick(error), detail: error.message, headers: error.headers }
  if (isExectrailError(error) && error.code === 'store_unavailable') {
    logError(error, c, log)
    return {
      ...fromExectrailError(error),
      detail: 'The store does not answer; what waits to be written is kept.',
    }
  }
  if (isExectrailError(error) && error.status !== 500) return fromExectrailError(error)
  logError(error, c, log)
  const detail = 'The request was fine as far as we know; the cause is in the log of the service.'
  return { ...INTERNAL, detail, hint: 'Look for the requestId in the log of the service.' }
}

/** One line for the operator; JSON escapes text from callers. */
function logError(error: unknown, c: ApiContext, log: (line: string) => void): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log(JSON.stringify({ requestId: c.get('requestId'), method: c.req.method, path: c.req.path, reason }))
}

function fromExectrailError(error: ExectrailError): ProblemFields {
  const headers: Record<string, string> = {}
  if (error.retryAfterMs !== undefined) headers['Retry-After'] = String(Math.ceil(error.retryAfterMs / 1000))
  else if (error.status === 503 || error.status === 429) headers['Retry-After'] = '1'
  if (error.status === 401) headers['WWW-Authenticate'] = 'Bearer realm="exectrail"'
  const { message: detail, issues, resetsAt } = error
  return { ...pick(error), detail, issues, resetsAt, headers }
}

function pick(error: { status: number; code: string; title: string; hint: string | undefined }) {
  return { status: error.status, code: error.code, title: error.title, hint: error.hint }
}
