/** Sends what a statement answered: at once where it is small, as the client takes it where it is not. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Packing } from './compression/packing.ts'
import type { Answer } from './connection.ts'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  queryId: string | null
  format: string
  packing: Packing
  /** Name of the time zone that times are written in. */
  timezone: string
}

/** An answer that is held in memory whole has at most so many bytes. */
export const MAX_HELD_BYTES = 268_435_456

/** Sends a whole answer. */
export async function sendAnswer(exchange: Exchange, answer: Answer): Promise<void> {
  sendHeaders(exchange, summaryOf(answer))
  await sendBytes(exchange, answer.bytes)
}

function summaryOf({ bytesRead, elapsedSeconds, rowsRead }: Answer): Record<string, string> {
  return {
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    elapsed_ns: nanoseconds(elapsedSeconds),
  }
}

/** Answers an INSERT or a definition; the row count is absent where the engine does not tell it. */
export function sendDone(exchange: Exchange, answer: Answer | null): void {
  const rows = String(answer?.rowsRead ?? 0)
  const bytes = String(answer?.bytesRead ?? 0)
  // The engine counts no rows of some INSERTs; a zero would be a lie.
  const written =
    answer === null || answer.rowsRead > 0
      ? {
          read_rows: rows,
          read_bytes: bytes,
          written_rows: rows,
          written_bytes: bytes,
          result_rows: rows,
          result_bytes: bytes,
        }
      : {}
  sendHeaders(exchange, { ...written, elapsed_ns: nanoseconds(answer?.elapsedSeconds ?? 0) })
  exchange.response.end()
}

export interface LargeAnswer {
  answer: Answer
  rest: AsyncIterable<Uint8Array>
  /** A client that takes nothing for so long is cut off. */
  stallMs: number
}

/** Sends an answer in pieces. Only what is whole is sent, so that an error has its own status. */
export async function sendLarge(exchange: Exchange, { answer, rest, stallMs }: LargeAnswer): Promise<void> {
  sendHeaders(exchange, summaryOf(answer))
  if (exchange.request.method === 'HEAD') return void exchange.response.end()
  const cut = (): void => void exchange.response.destroy()
  // A client that goes away is owed no answer.
  await sendPacked(exchange, watched(rest, stallMs, cut)).catch(cut)
}

async function* watched(
  pieces: AsyncIterable<Uint8Array>,
  stallMs: number,
  stalled: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    const timer = setTimeout(stalled, stallMs)
    try {
      yield piece
    } finally {
      clearTimeout(timer)
    }
  }
}

function nanoseconds(seconds: number): string {
  return String(Math.round(seconds * 1e9))
}

async function sendPacked(
  { packing, response }: Pick<Exchange, 'packing' | 'response'>,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const encoder = packing.encoder()
  if (packing.encoding !== null) response.setHeader('Content-Encoding', packing.encoding)
  const packed = packing.pack(pieces)
  await (encoder === null ? pipeline(packed, response) : pipeline(packed, encoder, response))
}

function sendHeaders(
  { format, queryId, response, timezone }: Exchange,
  summary: Readonly<Record<string, string>>,
): void {
  response.setHeader('X-ClickHouse-Query-Id', queryId ?? randomUUID())
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

/** Sends bytes packed as the client asks. */
export async function sendBytes(
  exchange: Pick<Exchange, 'packing' | 'request' | 'response'>,
  bytes: Uint8Array,
): Promise<void> {
  const { packing, request, response } = exchange
  const isPlain = packing.encoding === null && !packing.inBlocks
  // Short ones are packed, too: clickhouse-jdbc expects it.
  if (request.method === 'HEAD' || bytes.length === 0 || isPlain) response.end(bytes)
  else await sendPacked(exchange, once(bytes))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
