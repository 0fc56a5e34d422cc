/** Errors in ClickHouse's own shape. */
import type { ServerResponse } from 'node:http'
import { BadParameter, BodyTooLarge } from './request.ts'
import { RefusedStatement } from './statement.ts'

/** A fault of the HTTP request itself, not of a statement. */
export class HttpError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** HTTP status of a ClickHouse error code, as the server of ClickHouse answers. */
const STATUS_BY_CODE: Readonly<Record<number, number>> = {
  60: 404,
  81: 404,
  62: 400,
  47: 400,
  115: 400,
  497: 403,
  516: 403,
  159: 408,
  202: 503,
  241: 500,
  243: 507,
}
const CODE_NAMES: Readonly<Record<number, string>> = {
  62: 'SYNTAX_ERROR',
  115: 'UNKNOWN_SETTING',
  497: 'ACCESS_DENIED',
  516: 'AUTHENTICATION_FAILED',
}

/** Answers with an error as ClickHouse words it: body, status and `X-ClickHouse-Exception-Code`. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (error instanceof HttpError || error instanceof BodyTooLarge) {
    response.writeHead(error instanceof HttpError ? error.status : 413, {
      'Content-Type': 'text/plain; charset=UTF-8',
    })
    response.end(`${error.message}\n`)
    return
  }
  const { code, text } = describeError(error)
  response.writeHead(STATUS_BY_CODE[code] ?? 500, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
  })
  response.end(`${text}\n`)
}

function describeError(error: unknown): { code: number; text: string } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RefusedStatement || error instanceof BadParameter) {
    return {
      code: error.code,
      text: `Code: ${error.code}. DB::Exception: ${message}. (${CODE_NAMES[error.code] ?? 'ERROR'})`,
    }
  }
  const code = Number(/Code: (?<code>\d+)/u.exec(message)?.groups?.['code'] ?? 1002)
  return { code, text: message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message}` }
}
