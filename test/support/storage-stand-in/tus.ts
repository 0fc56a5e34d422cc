/** Resumable uploads of the stand-in: creation, PATCH, HEAD and termination of TUS 1.0.0. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DUPLICATE, NO_BUCKET, type Refusal } from './refusals.ts'
import type { StorageState } from './server.ts'

export interface Upload {
  bucket: string
  name: string
  length: number
  pieces: Buffer[]
  offset: number
}

const TUS = { 'tus-resumable': '1.0.0' }
/** All chunks but the last must have it. */
const CHUNK_BYTES = 6 * 1_048_576

export async function answerTus(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = (request.url ?? '').split('/').at(-1) ?? ''
  if (request.method === 'POST') return create(state, request, response)
  const upload = state.uploads.get(id)
  if (upload === undefined) {
    request.resume()
    return text(response, { status: 404, code: '', message: 'The file for this url was not found' })
  }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...TUS, 'upload-offset': upload.offset, 'upload-length': upload.length })
    response.end()
    return
  }
  if (request.method === 'DELETE') {
    state.uploads.delete(id)
    response.writeHead(204, TUS).end()
    return
  }
  return append(state, request, response, { id, upload })
}

function create(state: StorageState, request: IncomingMessage, response: ServerResponse): void {
  const metadata = metadataOf(String(request.headers['upload-metadata'] ?? ''))
  const [bucket, name] = [metadata.get('bucketName') ?? '', metadata.get('objectName') ?? '']
  const objects = state.buckets.get(bucket)
  if (objects === undefined) return text(response, NO_BUCKET)
  if (objects.has(name)) return text(response, DUPLICATE)
  const id = randomUUID()
  state.uploads.set(id, {
    bucket,
    name,
    length: Number(request.headers['upload-length']),
    pieces: [],
    offset: 0,
  })
  response.writeHead(201, { ...TUS, location: `/storage/v1/upload/resumable/${id}` }).end()
}

async function append(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
  { id, upload }: { id: string; upload: Upload },
): Promise<void> {
  const objects = state.buckets.get(upload.bucket)
  if (objects?.has(upload.name) === true) {
    request.resume()
    return text(response, DUPLICATE)
  }
  if (Number(request.headers['upload-offset']) !== upload.offset)
    return text(response, { status: 409, code: '', message: 'Upload-Offset conflict' })
  const before = upload.offset
  // What has arrived stays, even where the connection breaks in the middle of a chunk.
  for await (const piece of request) {
    upload.pieces.push(piece)
    upload.offset += piece.length
  }
  const isLast = upload.offset === upload.length
  if (!isLast && upload.offset - before > CHUNK_BYTES)
    return text(response, { status: 400, code: '', message: 'chunk' })
  if (isLast) {
    objects?.set(upload.name, Buffer.concat(upload.pieces))
    state.uploads.delete(id)
  }
  response.writeHead(204, { ...TUS, 'upload-offset': upload.offset }).end()
}

function metadataOf(header: string): Map<string, string> {
  const pairs = header.split(',').map((pair) => pair.split(' '))
  return new Map(pairs.map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString()]))
}

/** Refusals of TUS are text with their true status. */
function text(response: ServerResponse, { status, message }: Refusal): void {
  response.writeHead(status, TUS).end(message)
}
