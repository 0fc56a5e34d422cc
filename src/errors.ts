/** Every error exectrail throws, with its HTTP status and exit code. What user code does is data, not one of these. */

export type ErrorCode =
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'not_replayable'
  | 'runtime_unavailable'
  | 'capacity'
  | 'rate_limited'
  | 'budget_exceeded'
  | 'store_unavailable'
  | 'metadata_unavailable'
  | 'query_refused'
  | 'blobs_unavailable'
  | 'blob_refused'
  | 'blob_damaged'
  | 'content_pending'
  | 'content_expired'
  | 'content_not_kept'
  | 'invalid_config'
  | 'stack_failed'

/** One issue of an input: where (dotted path, '' for the whole) and what. */
export interface Issue {
  path: string
  message: string
}

interface ErrorOptions {
  /** What to do now. */
  hint?: string | undefined
  issues?: readonly Issue[] | undefined
  cause?: unknown
  retryAfterMs?: number | undefined
  resetsAt?: string | undefined
}

const TABLE: Record<ErrorCode, { status: number; exit: number; title: string }> = {
  invalid_request: { status: 422, exit: 2, title: 'The request is not valid' },
  unauthorized: { status: 401, exit: 2, title: 'An API key is needed' },
  forbidden: { status: 403, exit: 2, title: 'This key may not do that' },
  not_found: { status: 404, exit: 2, title: 'Not found' },
  conflict: { status: 409, exit: 2, title: 'Conflict' },
  not_replayable: { status: 409, exit: 2, title: 'The execution cannot be replayed' },
  runtime_unavailable: { status: 503, exit: 125, title: 'The runtime is not available' },
  rate_limited: { status: 429, exit: 125, title: 'Too many executions in this time' },
  capacity: { status: 429, exit: 125, title: 'No capacity now' },
  budget_exceeded: { status: 429, exit: 125, title: 'The budget is spent' },
  store_unavailable: { status: 503, exit: 125, title: 'The store does not answer' },
  metadata_unavailable: { status: 503, exit: 125, title: 'The metadata does not answer' },
  query_refused: { status: 422, exit: 2, title: 'The store refused the query' },
  blobs_unavailable: { status: 503, exit: 125, title: 'The blob store does not answer' },
  blob_refused: { status: 502, exit: 125, title: 'The blob store refused the object' },
  blob_damaged: { status: 502, exit: 125, title: 'The stored object is damaged' },
  content_pending: { status: 409, exit: 125, title: 'The content is not there yet' },
  content_expired: { status: 410, exit: 2, title: 'The content is no longer kept' },
  content_not_kept: { status: 404, exit: 2, title: 'The content was not kept' },
  invalid_config: { status: 500, exit: 78, title: 'The configuration is not valid' },
  stack_failed: { status: 500, exit: 125, title: 'A part of the stack did not start' },
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Base of all errors of exectrail. `message` says what and why, `hint` what to do. */
export class ExectrailError extends Error {
  override readonly name: string = 'ExectrailError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly issues: readonly Issue[]
  readonly retryAfterMs: number | undefined
  /** When the next period of a spent budget begins, ISO 8601 UTC. */
  readonly resetsAt: string | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.issues = options.issues ?? []
    this.retryAfterMs = options.retryAfterMs
    this.resetsAt = options.resetsAt
  }

  /** HTTP status of the RFC 9457 problem. */
  get status(): number {
    return TABLE[this.code].status
  }

  /** Exit code of the command line. */
  get exitCode(): number {
    return TABLE[this.code].exit
  }

  /** Title of the RFC 9457 problem; the same for every occurrence. */
  get title(): string {
    return TABLE[this.code].title
  }
}

/** The caller's input is not valid; has every issue at once. */
export class InvalidRequestError extends ExectrailError {
  override readonly name = 'InvalidRequestError'
  constructor(issues: readonly Issue[], hint?: string) {
    const list = issues.map((issue) =>
      issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`,
    )
    super('invalid_request', list.join('; '), { issues, hint })
  }
}

/** The environment or a settings file is not valid; has every issue at once. */
export class ConfigError extends ExectrailError {
  override readonly name = 'ConfigError'
  constructor(issues: readonly Issue[]) {
    super('invalid_config', issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n'), { issues })
  }
}

/** A runtime's backend is missing; `hint` is the command that installs it. */
export class RuntimeUnavailableError extends ExectrailError {
  override readonly name = 'RuntimeUnavailableError'
  constructor(message: string, options: ErrorOptions = {}) {
    super('runtime_unavailable', message, options)
  }
}

/** No capacity for the request; `retryAfterMs` says when to retry. */
export class CapacityError extends ExectrailError {
  override readonly name = 'CapacityError'
  constructor(message: string, options: ErrorOptions = {}) {
    super('capacity', message, options)
  }
}

/** ClickHouse is unavailable or refused the query; the message is ClickHouse's. */
export class StoreError extends ExectrailError {
  override readonly name = 'StoreError'
  constructor(code: 'store_unavailable' | 'query_refused', message: string, options: ErrorOptions = {}) {
    super(code, message, options)
  }
}

/** The Postgres of the metadata is unavailable. */
export class MetadataError extends ExectrailError {
  override readonly name = 'MetadataError'
  constructor(message: string, options: ErrorOptions = {}) {
    super('metadata_unavailable', message, options)
  }
}

/** The blob store is away, full or overloaded: a later attempt may succeed. */
export class BlobsUnavailableError extends ExectrailError {
  override readonly name = 'BlobsUnavailableError'
  constructor(message: string, options: ErrorOptions = {}) {
    super('blobs_unavailable', message, options)
  }
}

/** An object that the blob store never takes or gives, such as one that is too large. */
export class BlobRefusedError extends ExectrailError {
  override readonly name = 'BlobRefusedError'
  constructor(message: string, options: ErrorOptions = {}) {
    super('blob_refused', message, options)
  }
}

/** A stored object is not what was stored under its name, or no key of this installation decrypts it. */
export class BlobDamagedError extends ExectrailError {
  override readonly name = 'BlobDamagedError'
  constructor(message: string, options: ErrorOptions = {}) {
    super('blob_damaged', message, options)
  }
}

/** True for errors of exectrail, also from another copy of this module. */
export function isExectrailError(error: unknown): error is ExectrailError {
  return error instanceof Error && 'code' in error && 'exitCode' in error && 'issues' in error
}
