/** Errors in ClickHouse's own shape. */
import type { ServerResponse } from 'node:http'
import { uncompressedBlock } from './compression/blocks.ts'
import { withProcessesName } from './process-list.ts'
import { RefusedStatement } from './refusal.ts'

/** An error of the HTTP request, not of a statement. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** HTTP status of a ClickHouse error code, as ClickHouse's server answers. */
const STATUS_BY_CODE: Readonly<Record<number, number>> = {
  12: 400,
  27: 400,
  36: 400,
  40: 400,
  47: 404,
  46: 404,
  48: 501,
  53: 400,
  60: 404,
  62: 400,
  72: 400,
  73: 404,
  81: 404,
  89: 400,
  115: 404,
  159: 408,
  164: 403,
  180: 404,
  202: 503,
  241: 500,
  243: 507,
  271: 400,
  372: 404,
  452: 403,
  456: 400,
  497: 403,
  511: 404,
  516: 403,
}
const CODE_NAMES: Readonly<Record<number, string>> = {
  12: 'TOO_LARGE_SIZE_COMPRESSED',
  36: 'BAD_ARGUMENTS',
  40: 'CHECKSUM_DOESNT_MATCH',
  48: 'NOT_IMPLEMENTED',
  62: 'SYNTAX_ERROR',
  72: 'CANNOT_PARSE_NUMBER',
  73: 'UNKNOWN_FORMAT',
  89: 'UNKNOWN_COMPRESSION_METHOD',
  115: 'UNKNOWN_SETTING',
  159: 'TIMEOUT_EXCEEDED',
  164: 'READONLY',
  180: 'THERE_IS_NO_PROFILE',
  202: 'TOO_MANY_SIMULTANEOUS_QUERIES',
  216: 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING',
  243: 'NOT_ENOUGH_SPACE',
  271: 'CANNOT_DECOMPRESS',
  394: 'QUERY_WAS_CANCELLED',
  396: 'TOO_MANY_ROWS_OR_BYTES',
  372: 'SESSION_NOT_FOUND',
  452: 'SETTING_CONSTRAINT_VIOLATION',
  456: 'UNKNOWN_QUERY_PARAMETER',
  497: 'ACCESS_DENIED',
  511: 'UNKNOWN_ROLE',
  516: 'AUTHENTICATION_FAILED',
}

/** Sends an error in ClickHouse's form: body, status and `X-ClickHouse-Exception-Code`. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // Does not wait for the unread rest of the body.
  if (!response.req.complete) response.setHeader('Connection', 'close')
  if (error instanceof HttpError) {
    response.writeHead(error.status, { 'Content-Type': 'text/plain; charset=UTF-8' })
    response.end(`${error.message}\n`)
    return
  }
  const { code, text } = describeError(error)
  response.writeHead(STATUS_BY_CODE[code] ?? 500, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
  })
  response.end(takesBlocks(response) ? uncompressedBlock(`${text}\n`) : `${text}\n`)
}

/** With `compress=1` ClickHouse also compresses errors, and clients decompress every response. */
function takesBlocks(response: ServerResponse): boolean {
  return /[?&]compress=(?!0)/u.test(response.req.url ?? '')
}

/** An error's code and ClickHouse's message for it. */
export function describeError(error: unknown): { code: number; text: string } {
  const message = withoutOwnText(error instanceof Error ? error.message : String(error))
  if (error instanceof RefusedStatement) return formatError(error.code, message)
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
    return formatError(243, `Not enough space for the rows of the INSERT: ${message}`)
  const code = Number(/Code: (?<code>\d+)/u.exec(message)?.groups?.['code'] ?? 1002)
  return { code, text: message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message}` }
}

function formatError(code: number, message: string): { code: number; text: string } {
  return { code, text: `Code: ${code}. DB::Exception: ${message}. (${CODE_NAMES[code] ?? 'ERROR'})` }
}

/** Files of the endpoint: of rows in shared memory or beside the data, and of results. */
const OWN_FILES =
  /\/(?:proc\/self\/cwd|store|dev\/shm)\/exectrail-(?:answers|rows|clickhouse-\d{1,10})\/[\w/.-]{1,64}/gu

/** Where the result of a statement goes (engine.ts), and the statement that its syntax is checked by. */
const OWN_CLAUSE = / INTO OUTFILE 'the rows of the request' FORMAT \w+/gu
const OWN_STATEMENT = ': In scope SELECT formatQuerySingleLine('

/** Removes what the endpoint adds to statements, and the repeated code at the beginning. */
function withoutOwnText(message: string): string {
  // The working directory is that of the data.
  return withProcessesName(withoutOwnStatement(message).replaceAll(`${process.cwd()}/`, ''))
    .replace(/^(?<first>Code: \d+\. DB::Exception: )(?:Code: \d+\. DB::Exception: )+/u, '$<first>')
    .replaceAll(/: \(in file\/uri [^)]*\)/gu, '')
    .replaceAll(/: While executing File: data for INSERT was parsed from file/gu, '')
    .replaceAll(OWN_FILES, 'the rows of the request')
    .replaceAll(OWN_CLAUSE, '')
}

function withoutOwnStatement(message: string): string {
  const from = message.indexOf(OWN_STATEMENT)
  const to = message.lastIndexOf('. (')
  return from < 0 || to < from ? message : message.slice(0, from) + message.slice(to)
}
