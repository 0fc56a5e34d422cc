import type { ErrorCode, Issue } from '../errors.ts'

/** `unreachable` and `timed_out` are the client's own: no reply came. `unexpected_reply` is a reply that is no problem. */
export type ProblemCode =
  | ErrorCode
  | 'internal'
  | 'malformed_json'
  | 'body_cut_short'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'method_not_allowed'
  | 'unreachable'
  | 'timed_out'
  | 'unexpected_reply'

/** Parts of a problem (RFC 9457) as the service writes it. */
export interface Problem {
  code: string
  detail: string
  title?: string | undefined
  hint?: string | undefined
  requestId?: string | undefined
  errors?: readonly Issue[] | undefined
}

/** A request that the service refused, or that it did not answer. `message` says what and why, `hint` what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /** HTTP status; 0 where no reply came. */
  readonly status: number
  readonly code: ProblemCode | (string & {})
  readonly title: string
  readonly hint: string | undefined
  readonly requestId: string | undefined
  /** Everything wrong with the input. */
  readonly errors: readonly Issue[]
  /** How long the service asks to wait, ms. */
  readonly retryAfterMs: number | undefined

  constructor(
    problem: Problem,
    options: { status: number; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(problem.detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status
    this.code = problem.code
    this.title = problem.title ?? problem.code
    this.hint = problem.hint
    this.requestId = problem.requestId
    this.errors = problem.errors ?? []
    this.retryAfterMs = options.retryAfterMs
  }
}

/** The error of a reply that is not a success. `body` is its text. */
export function readProblem(response: Response, body: string): ProblemError {
  const retryAfterMs = readRetryAfter(response.headers.get('Retry-After'), Date.now())
  const given = parseObject(body)
  const text = (name: string): string | undefined => {
    const value = given[name]
    return typeof value === 'string' ? value : undefined
  }
  const problem = {
    code: text('code') ?? 'unexpected_reply',
    detail: text('detail') ?? `the service answered with status ${response.status}`,
    title: text('title'),
    hint: text('hint'),
    requestId: text('requestId') ?? response.headers.get('X-Request-Id') ?? undefined,
    errors: readIssues(given['errors']),
  }
  return new ProblemError(problem, { status: response.status, retryAfterMs })
}

/** Milliseconds to wait, from a number of seconds or a date; undefined for anything else. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

function readIssues(errors: unknown): Issue[] {
  if (!Array.isArray(errors)) return []
  return errors.map((issue: Partial<Issue> | null) => ({
    path: issue?.path ?? '',
    message: issue?.message ?? '',
  }))
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
