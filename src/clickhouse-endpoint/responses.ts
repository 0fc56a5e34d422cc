/** Sends the result of a statement: at once when it is small, otherwise in pieces. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ResponseCompression } from './compression/response-compression.ts'
import type { QueryResult } from './connection.ts'
import { withPace, type Pace } from './pace.ts'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  queryId: string
  format: string
  compression: ResponseCompression
  /** Name of the time zone that times are written in. */
  timezone: string
}

/** Maximum of a result that is held in memory. */
export const MAX_HELD_BYTES = 268_435_456

/** Sends a complete result. */
export async function sendResult(exchange: Exchange, result: QueryResult): Promise<void> {
  sendHeaders(exchange, summaryOf(result))
  await sendBytes(exchange, result.bytes)
}

function summaryOf({ bytesRead, elapsedSeconds, rowsRead }: QueryResult): Record<string, string> {
  return {
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    elapsed_ns: nanoseconds(elapsedSeconds),
  }
}

/** Responds to an INSERT or a definition. The row count is absent when the engine does not report it. */
export function sendDone(exchange: Exchange, result: QueryResult | null): void {
  const rows = String(result?.rowsRead ?? 0)
  const bytes = String(result?.bytesRead ?? 0)
  // The engine does not count the rows of some INSERTs.
  const written =
    result === null || result.rowsRead > 0
      ? {
          read_rows: rows,
          read_bytes: bytes,
          written_rows: rows,
          written_bytes: bytes,
          result_rows: rows,
          result_bytes: bytes,
        }
      : {}
  sendHeaders(exchange, { ...written, elapsed_ns: nanoseconds(result?.elapsedSeconds ?? 0) })
  exchange.response.end()
}

export interface LargeResult {
  result: QueryResult
  rest: AsyncIterable<Uint8Array>
  pace: Pace
  /** Whether others wait for the slot of this answer. */
  othersWait: () => boolean
}

/** Sends a complete result in pieces; an error would have had its own status. */
export async function sendLarge(
  exchange: Exchange,
  { othersWait, pace, result, rest }: LargeResult,
): Promise<void> {
  sendHeaders(exchange, summaryOf(result))
  if (exchange.request.method === 'HEAD') return void exchange.response.end()
  const disconnect = (): void => void exchange.response.destroy()
  // A client that goes away is owed no result.
  await sendCompressed(exchange, withPace(rest, pace, { disconnect, othersWait })).catch(disconnect)
}

function nanoseconds(seconds: number): string {
  return String(Math.round(seconds * 1e9))
}

async function sendCompressed(
  { compression, response }: Pick<Exchange, 'compression' | 'response'>,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const encoder = compression.encoder()
  if (compression.encoding !== null) response.setHeader('Content-Encoding', compression.encoding)
  const compressed = compression.compress(pieces)
  await (encoder === null ? pipeline(compressed, response) : pipeline(compressed, encoder, response))
}

function sendHeaders(
  { format, queryId, response, timezone }: Exchange,
  summary: Readonly<Record<string, string>>,
): void {
  response.setHeader('X-ClickHouse-Query-Id', queryId)
  response.setHeader('X-ClickHouse-Format', format)
  response.setHeader('X-ClickHouse-Timezone', timezone === '' ? 'UTC' : timezone)
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary))
  response.setHeader('Content-Type', contentType(format))
}

function contentType(format: string): string {
  if (/^(?:JSON\w*EachRow\w*|JSONLines|NDJSON)$/u.test(format)) return 'application/x-ndjson; charset=UTF-8'
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8'
  if (format.startsWith('CSV'))
    return `text/csv; charset=UTF-8; header=${format === 'CSV' ? 'absent' : 'present'}`
  if (format.startsWith('TabSeparated') || format.startsWith('TSV'))
    return 'text/tab-separated-values; charset=UTF-8'
  return /^(?:Native|RowBinary|Parquet|Arrow|ORC|Avro)/u.test(format)
    ? 'application/octet-stream'
    : 'text/plain; charset=UTF-8'
}

/** Sends bytes with the compression that the client accepts. */
export async function sendBytes(
  exchange: Pick<Exchange, 'compression' | 'request' | 'response'>,
  bytes: Uint8Array,
): Promise<void> {
  const { compression, request, response } = exchange
  const isPlain = compression.encoding === null && !compression.inBlocks
  // Compresses short results, too: clickhouse-jdbc expects it.
  if (request.method === 'HEAD' || bytes.length === 0 || isPlain) response.end(bytes)
  else await sendCompressed(exchange, once(bytes))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
