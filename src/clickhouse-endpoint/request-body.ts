/** The statement of a request and the rows that follow it. */
import type { IncomingMessage } from 'node:http'
import { decompress } from './compression/request-decompression.ts'
import { HttpError } from './exceptions.ts'
import type { ExternalTable } from './external-tables.ts'
import { MAX_FORM_BYTES, readForm } from './multipart-form.ts'
import { findInsertHead } from './insert-head.ts'
import type { RequestParameters } from './request-parameters.ts'

/** The statement, and the rows of an INSERT as a stream. */
export interface RequestBody {
  text: string
  rows: AsyncIterable<Uint8Array> | null
  /** External tables. */
  tables: readonly ExternalTable[]
}

/** Compressed or decompressed, with rows. */
const MAX_BODY_BYTES = 512 * 1_048_576
const MAX_STATEMENT_BYTES = 1_048_576
/** An INSERT's head must end within this much of the body. */
const HEAD_BYTES = 65_536

/** Reads the statement; rows remain to be read. @throws {HttpError} for a body that cannot be read */
export async function readRequestBody(
  request: IncomingMessage,
  query: RequestParameters,
): Promise<RequestBody> {
  if (request.headers['content-type']?.startsWith('multipart/form-data') === true)
    return readMultipart(request, query)
  const url = Buffer.from(query.query)
  const body = bodyOf(request, query)
  const inUrl = splitRows(url, body)
  if (inUrl !== null) return inUrl
  const start = await readUpTo(body, HEAD_BYTES)
  const between = url.length > 0 && start.length > 0 ? '\n' : ''
  const begun = Buffer.concat([url, Buffer.from(between), start])
  const inBody = splitRows(begun, body)
  if (inBody !== null) return inBody
  const whole = Buffer.concat([begun, await readUpTo(body, MAX_STATEMENT_BYTES)])
  if (whole.length > MAX_STATEMENT_BYTES)
    throw new HttpError(413, `A statement has at most ${MAX_STATEMENT_BYTES} bytes; this one is longer`)
  return { text: whole.toString('utf8'), rows: null, tables: [] }
}

async function readMultipart(request: IncomingMessage, query: RequestParameters): Promise<RequestBody> {
  const body = await readUpTo(bodyOf(request, query), MAX_FORM_BYTES + 1)
  if (body.length > MAX_FORM_BYTES)
    throw new HttpError(413, `A form has at most ${MAX_FORM_BYTES} bytes; this one is longer`)
  const { tables, text } = await readForm(body, request.headers['content-type'] ?? '', query)
  return { text: text === '' ? query.query : text, rows: null, tables }
}

/** The head of an INSERT and its rows: the rest of `begun`, then `body`. */
function splitRows(begun: Buffer, body: AsyncIterableIterator<Buffer>): RequestBody | null {
  const head = findInsertHead(begun.toString('latin1'))
  if (head === null) return null
  const text = begun.subarray(0, head.text.length).toString('utf8')
  return { text, rows: chain(begun.subarray(head.dataFrom), body), tables: [] }
}

async function* chain(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  yield* rest
}

/** Reads at least `bytes` bytes, or to the end; the rest remains to be read. */
async function readUpTo(body: AsyncIterableIterator<Buffer>, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let total = 0
  while (total < bytes) {
    const next = await body.next()
    if (next.done === true) break
    pieces.push(next.value)
    total += next.value.length
  }
  return Buffer.concat(pieces)
}

async function* bodyOf(
  request: IncomingMessage,
  query: RequestParameters,
): AsyncGenerator<Buffer, undefined> {
  if (request.method !== 'POST') return
  let total = 0
  for await (const piece of decompress(request, query.decompressesBlocks)) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    total += bytes.length
    if (total > MAX_BODY_BYTES)
      throw new HttpError(413, `A body has at most ${MAX_BODY_BYTES} bytes; send less at once`)
    yield bytes
  }
}
