/** Errors of ClickHouse as errors of exectrail. */
import { StoreError, messageOf } from '../errors.ts'

/** s that a caller's statement may take. */
export const READ_ONLY_SECONDS = 30

/** ClickHouse's error codes for temporary conditions. */
const TRANSIENT_CODES = new Set(['159', '160', '202', '209', '210', '241', '242', '243', '252', '319', '999'])

/** Hints for errors that a caller's statement causes by its size or duration. */
const CALLER_HINTS: Readonly<Record<string, string>> = {
  158: 'It reads more rows than it may: narrow the window or the filters.',
  159: `It may take ${READ_ONLY_SECONDS} s: narrow the window, filter by organization and agent, or add LIMIT.`,
  160: `It may take ${READ_ONLY_SECONDS} s: narrow the window, filter by organization and agent, or add LIMIT.`,
  241: 'It needs more memory than it may have: narrow the window, group by fewer values, leave out long columns, or add LIMIT.',
  307: 'It reads more bytes than it may: narrow the window, or select fewer columns.',
  394: 'It was cancelled; ask again.',
  396: 'It answers more than it may: add LIMIT, or group; `exectrail logs` pages through executions.',
}

/** An error that the caller's statement caused is never reported as an unavailable store. */
export function toCallerError(error: unknown): StoreError {
  const code = codeOf(error)
  const hint = code === null ? undefined : CALLER_HINTS[code]
  if (hint === undefined || !(error instanceof Error)) return toStoreError(error)
  return new StoreError('query_refused', `ClickHouse: ${error.message.trim()} (code ${code})`, {
    hint,
    cause: error,
  })
}

/** An error of a statement of ours: over a limit it is the question that has to be narrowed. */
export function toQuestionError(error: unknown, signal: AbortSignal): StoreError {
  if (signal.aborted) return new StoreError('query_refused', 'The question was cancelled', { cause: error })
  // The memory of all statements together is no fault of this one.
  const isShared = codeOf(error) === '241' && /\(total\)|OvercommitTracker/u.test(String(error))
  return isShared ? toStoreError(error) : toBoundError(error)
}

/** Without the engine's own words where they count rows: those read are not all the caller's. */
export function toBoundError(error: unknown): StoreError {
  const code = codeOf(error)
  const hint = code === null ? undefined : CALLER_HINTS[code]
  if (hint !== undefined && code !== null)
    return new StoreError(
      'query_refused',
      `${OVER_LIMIT[code] ?? 'The query is over a limit'} (code ${code})`,
      {
        hint,
        cause: error,
      },
    )
  const { code: kind, message, ...rest } = toCallerError(error)
  return kind === 'query_refused'
    ? new StoreError(kind, message.replaceAll(/ ?Maybe you meant: [^.]*\./gu, ''), rest)
    : toStoreError(error)
}

const OVER_LIMIT: Readonly<Record<string, string>> = {
  158: 'The query reads too many rows',
  159: 'The query takes too long',
  160: 'The query would take too long',
  241: 'The query needs too much memory',
  394: 'The query was cancelled',
  396: 'The query has too many rows or bytes in its answer',
}

/** Whether the connection broke while a statement waited for its answer. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:ECONNRESET|EPIPE)$/u.test(String(error.code))
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^\d+$/u.test(code) ? code : null
}

/** Checks the shape of ClickHouse's errors, because the embedded driver may have another copy of their class. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = messageOf(error)
  const code = codeOf(error)
  if (code !== null && !TRANSIENT_CODES.has(code)) {
    return new StoreError('query_refused', `ClickHouse: ${message.trim()} (code ${code})`, { cause: error })
  }
  return new StoreError('store_unavailable', `ClickHouse does not serve: ${message.trim() || 'no answer'}`, {
    cause: error,
    hint: 'While `exectrail up` runs it restarts the store; `exectrail doctor` says more.',
    retryAfterMs: 1000,
  })
}
