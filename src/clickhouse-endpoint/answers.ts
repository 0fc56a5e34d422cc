/** Sends what a statement answered: whole where it is small, in pieces while it is made where it is not. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Packing } from './compression/packing.ts'
import type { Answer } from './connection.ts'
import { describeError } from './exceptions.ts'
import { RefusedStatement } from './refusal.ts'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  queryId: string | null
  format: string
  /** The client wants nothing before the end. */
  waitsForEnd: boolean
  packing: Packing
  /** Name of the time zone that times are written in. */
  timezone: string
}

/** Up to here an answer is sent whole, with its summary. */
const WHOLE_BYTES = 1_048_576
/** An answer that cannot be sent in pieces is held in memory whole; it has at most so many bytes. */
export const MAX_HELD_BYTES = 268_435_456
const PIECE_BYTES = 65_536

/** Formats whose rows stand by themselves: the engine writes names and frames anew in each piece. */
const UNFRAMED =
  /^(?:(?:TabSeparated|TSV)(?:Raw)?|CSV|JSON(?:Compact)?(?:Strings)?EachRow|JSONLines|NDJSON|Native|RowBinary|LineAsString)$/u

/** Whether an answer in this format can be sent in pieces. */
export function isUnframed(format: string): boolean {
  return UNFRAMED.test(format)
}

/** Sends a whole answer. */
export async function sendAnswer(exchange: Exchange, answer: Answer): Promise<void> {
  sendHeaders(exchange, {
    read_rows: String(answer.rowsRead),
    read_bytes: String(answer.bytesRead),
    elapsed_ns: nanoseconds(answer.elapsedSeconds),
  })
  await sendBytes(exchange, answer.bytes)
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

/** Sends pieces as they come, holding the engine back where the client is slow. */
export async function sendPieces(exchange: Exchange, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const started = performance.now()
  const source = pieces[Symbol.asyncIterator]()
  const held = await hold(source, exchange.waitsForEnd ? MAX_HELD_BYTES : WHOLE_BYTES)
  if (held.ended) {
    sendHeaders(exchange, { elapsed_ns: nanoseconds((performance.now() - started) / 1000) })
    return sendBytes(exchange, held.bytes)
  }
  try {
    if (exchange.waitsForEnd)
      throw new RefusedStatement(396, `An answer held to its end has at most ${MAX_HELD_BYTES} bytes`)
    await sendRest(exchange, held.bytes, source)
  } finally {
    await source.return?.()
  }
}

function nanoseconds(seconds: number): string {
  return String(Math.round(seconds * 1e9))
}

async function hold(
  source: AsyncIterator<Uint8Array>,
  limit: number,
): Promise<{ bytes: Uint8Array; ended: boolean }> {
  const pieces: Uint8Array[] = []
  let total = 0
  while (total <= limit) {
    const next = await source.next()
    if (next.done === true) return { bytes: Buffer.concat(pieces), ended: true }
    pieces.push(next.value)
    total += next.value.length
  }
  return { bytes: Buffer.concat(pieces), ended: false }
}

async function sendRest(
  exchange: Exchange,
  first: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): Promise<void> {
  const tag = randomBytes(8).toString('hex')
  exchange.response.setHeader('X-ClickHouse-Exception-Tag', tag)
  sendHeaders(exchange, {})
  const end = { isWhole: false }
  const pieces = joined(first, source, { tag, ended: () => void (end.isWhole = true) })
  // A client that goes away ends the statement; no answer is due.
  await sendPacked(exchange, pieces, { end: false }).catch(() => exchange.response.destroy())
  if (end.isWhole) exchange.response.end()
  // As ClickHouse does: without its last chunk no client takes a cut answer for a whole one.
  else exchange.response.socket?.destroySoon()
}

async function sendPacked(
  { packing, response }: Pick<Exchange, 'packing' | 'response'>,
  pieces: AsyncIterable<Uint8Array>,
  options: { end?: boolean } = {},
): Promise<void> {
  const encoder = packing.encoder()
  if (packing.encoding !== null) response.setHeader('Content-Encoding', packing.encoding)
  const packed = packing.pack(pieces)
  await (encoder === null
    ? pipeline(packed, response, options)
    : pipeline(packed, encoder, response, options))
}

/** Pieces joined to a size worth sending; an error of the engine ends them in ClickHouse's own mark. */
async function* joined(
  first: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  { ended, tag }: { tag: string; ended: () => void },
): AsyncGenerator<Uint8Array> {
  yield first
  try {
    for (;;) {
      const held = await hold(source, PIECE_BYTES)
      if (held.bytes.length > 0) yield held.bytes
      if (held.ended) break
    }
    ended()
  } catch (error) {
    const message = Buffer.from(`${describeError(error).text}\n`)
    yield Buffer.concat([
      Buffer.from(`\r\n__exception__\r\n${tag}\r\n`),
      message,
      Buffer.from(`${message.length} ${tag}\r\n__exception__\r\n`),
    ])
  }
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
