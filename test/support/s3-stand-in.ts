/** A stand-in for S3: buckets, objects with ranges and conditions, uploads in parts; in memory, without signatures. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer, text } from 'node:stream/consumers'

interface State {
  buckets: Map<string, Map<string, Buffer>>
  uploads: Map<string, Map<number, Buffer>>
  /** The next requests that match fail so, each once. */
  faults: { on: RegExp; status: number }[]
}

export interface S3StandIn extends AsyncDisposable {
  url: string
  state: State
}

export async function startS3StandIn(): Promise<S3StandIn> {
  const state: State = { buckets: new Map(), uploads: new Map(), faults: [] }
  const server = createServer((request, response) => {
    answer(state, request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Asked {
  method: string
  key: string
  query: URLSearchParams
  objects: Map<string, Buffer>
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '' } = request
  const url = new URL(request.url ?? '', 'http://stand-in')
  const at = state.faults.findIndex(({ on }) => on.test(`${method} ${request.url}`))
  const [fault] = at < 0 ? [] : state.faults.splice(at, 1)
  if (fault !== undefined) {
    request.resume()
    return refuse(response, fault.status, 'InternalError')
  }
  const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/')
  const key = rest.join('/')
  if (key === '' && method === 'PUT') {
    state.buckets.set(bucket, state.buckets.get(bucket) ?? new Map())
    return end(response, '')
  }
  const objects = state.buckets.get(bucket)
  if (objects === undefined) {
    request.resume()
    return refuse(response, 404, 'NoSuchBucket')
  }
  const asked = { method, key, query: url.searchParams, objects }
  if (key === '') return answerBucket(asked, request, response)
  if (asked.query.has('uploads') || asked.query.has('uploadId'))
    return answerParts(state, asked, request, response)
  return answerObject(asked, request, response)
}

async function answerBucket(
  { method, query, objects }: Asked,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method === 'HEAD') return end(response, '')
  if (query.has('delete')) {
    for (const [, key = ''] of (await text(request)).matchAll(/<Key>([^<]*)<\/Key>/gu)) objects.delete(key)
    return end(response, '<DeleteResult/>')
  }
  const after = query.get('continuation-token') ?? ''
  const names = [...objects.keys()].toSorted().filter((name) => name > after)
  const page = names.slice(0, Number(query.get('max-keys') ?? 1000))
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`,
  )
  const next =
    names.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  end(response, `<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`)
}

async function answerObject(
  { method, key, objects }: Asked,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method === 'PUT') {
    const content = await buffer(request)
    if (isRefused(objects, key, request)) return refuse(response, 412, 'PreconditionFailed')
    objects.set(key, content)
    return end(response, '')
  }
  const content = objects.get(key)
  if (content === undefined) return refuse(response, 404, 'NoSuchKey')
  const [, from = '0', to = String(content.length - 1)] =
    /^bytes=(\d+)-(\d+)$/u.exec(request.headers.range ?? '') ?? []
  const part = content.subarray(Number(from), Number(to) + 1)
  response.writeHead(request.headers.range === undefined ? 200 : 206, { 'content-length': part.length })
  response.end(method === 'HEAD' ? '' : part)
}

async function answerParts(
  { uploads }: State,
  { method, key, query, objects }: Asked,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = query.get('uploadId') ?? randomUUID()
  const parts = uploads.get(id) ?? new Map<number, Buffer>()
  if (query.has('uploads')) {
    uploads.set(id, parts)
    return end(
      response,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    )
  }
  if (method === 'PUT') {
    parts.set(Number(query.get('partNumber')), await buffer(request))
    response.setHeader('etag', `"${query.get('partNumber')}"`)
    return end(response, '')
  }
  uploads.delete(id)
  request.resume()
  if (method === 'DELETE') return end(response, '')
  if (isRefused(objects, key, request)) return refuse(response, 412, 'PreconditionFailed')
  const numbers = [...parts.keys()].toSorted((a, b) => a - b)
  objects.set(key, Buffer.concat(numbers.map((number) => parts.get(number) ?? Buffer.alloc(0))))
  end(response, '<CompleteMultipartUploadResult/>')
}

function isRefused(objects: Map<string, Buffer>, key: string, request: IncomingMessage): boolean {
  return objects.has(key) && request.headers['if-none-match'] === '*'
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

function end(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(body)
}
