/** Buckets and objects of the stand-in. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer, json } from 'node:stream/consumers'
import { z } from 'zod'
import { answerJson, DUPLICATE, NO_BUCKET, NO_OBJECT, refuse } from './refusals.ts'
import type { StorageState } from './server.ts'

const bucketBody = z.object({ id: z.string(), public: z.boolean().optional() })
const removeBody = z.object({ prefixes: z.array(z.string()) })
const listBody = z.object({ limit: z.number(), cursor: z.string().optional() })

export async function answerRest(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '', 'http://stand-in').pathname.replace('/storage/v1/', '')
  const [kind = '', second = '', ...rest] = path.split('/').map(decodeURIComponent)
  if (kind === 'bucket') return answerBucket(state, request, response, second)
  if (kind !== 'object')
    return refuse(response, { status: 404, code: 'NoSuchKey', message: `no route ${path}` })
  if (second === 'list-v2')
    return answerList(state, response, rest[0] ?? '', listBody.parse(await json(request)))
  if (second === 'info') return answerInfo(state, response, rest[0] ?? '', rest.slice(1).join('/'))
  const objects = state.buckets.get(second)
  if (objects === undefined) {
    request.resume()
    return refuse(response, NO_BUCKET)
  }
  const name = rest.join('/')
  if (request.method === 'POST') return answerUpload(objects, request, response, name)
  if (request.method === 'DELETE') return answerRemove(objects, request, response)
  return answerDownload(objects, request, response, name)
}

async function answerBucket(
  { buckets }: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<void> {
  if (request.method === 'GET') {
    const bucket = { id, name: id, public: false }
    return buckets.has(id) ? answerJson(response, bucket) : refuse(response, NO_BUCKET)
  }
  const made = bucketBody.parse(await json(request))
  if (made.public !== false)
    return refuse(response, { status: 400, code: 'InvalidRequest', message: 'not private' })
  if (buckets.has(made.id)) return refuse(response, { ...DUPLICATE, code: 'BucketAlreadyExists' })
  buckets.set(made.id, new Map())
  return answerJson(response, { name: made.id })
}

async function answerUpload(
  objects: Map<string, Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  const content = await buffer(request)
  if (objects.has(name) && request.headers['x-upsert'] !== 'true') return refuse(response, DUPLICATE)
  objects.set(name, content)
  return answerJson(response, { Id: name, Key: name })
}

async function answerRemove(
  objects: Map<string, Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prefixes } = removeBody.parse(await json(request))
  const removed = prefixes.filter((name) => objects.delete(name))
  answerJson(
    response,
    removed.map((name) => ({ name })),
  )
}

function answerDownload(
  objects: Map<string, Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): void {
  const content = objects.get(name)
  if (content === undefined) return refuse(response, NO_OBJECT)
  const [, from, to] = /^bytes=(\d+)-(\d+)$/u.exec(request.headers.range ?? '') ?? []
  if (from === undefined) {
    response.end(content)
    return
  }
  const part = content.subarray(Number(from), Number(to) + 1)
  response.writeHead(206, {
    'content-length': part.length,
    'content-range': `bytes ${from}-${to}/${content.length}`,
  })
  response.end(part)
}

function answerInfo({ buckets }: StorageState, response: ServerResponse, bucket: string, name: string): void {
  const objects = buckets.get(bucket)
  if (objects === undefined) return refuse(response, NO_BUCKET)
  const content = objects.get(name)
  if (content === undefined) return refuse(response, NO_OBJECT)
  return answerJson(response, { name, bucket_id: bucket, size: content.length, metadata: {} })
}

/** The cursor is opaque to clients. */
function answerList(
  { buckets }: StorageState,
  response: ServerResponse,
  bucket: string,
  { limit, cursor }: z.infer<typeof listBody>,
): void {
  const objects = buckets.get(bucket)
  if (objects === undefined) return refuse(response, NO_BUCKET)
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64').toString()
  const names = [...objects.keys()].toSorted().filter((name) => name > after)
  const page = names.slice(0, limit)
  answerJson(response, {
    hasNext: names.length > limit,
    nextCursor: Buffer.from(page.at(-1) ?? '').toString('base64'),
    folders: [],
    objects: page.map((name) => ({
      name,
      key: name,
      id: name,
      metadata: { size: objects.get(name)?.length },
    })),
  })
}
