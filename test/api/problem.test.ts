import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN_KEY,
  readProblem,
  startOfflineService,
  withKey,
  type Problem,
  type TestService,
} from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startOfflineService()
})
afterAll(() => service.close())

async function problem(path: string, init?: RequestInit): Promise<{ answer: Response; body: Problem }> {
  const answer = await service.ask(path, init)
  return { answer, body: await readProblem(answer) }
}

describe('problems', () => {
  it('name every fault of the query at once, and what is known in place of the unknown', async () => {
    const { answer, body } = await problem(
      '/v1/executions?limit=5000&from=yesterday&runtime=docker&colour=red&limitt=3&fields=code,shape&cursor=a&cursor=b',
    )
    expect(answer.status).toBe(422)
    const found = Object.fromEntries((body.errors ?? []).map((issue) => [issue.path, issue.message]))
    expect(Object.keys(found).sort()).toEqual([
      'colour',
      'cursor',
      'fields.1',
      'from',
      'limit',
      'limitt',
      'runtime.0',
    ])
    expect(found['colour']).toMatch(/known are: organization, from, to, /)
    expect(found['runtime.0']).toContain('one of: vm2, subprocess')
    expect(found['limit']).toBe('at most 1000')
  })

  it('say 404 for what is not there and 405 with Allow for another method', async () => {
    expect((await problem('/v1/nothing')).body.code).toBe('not_found')
    const { answer, body } = await problem('/v1/executions', { method: 'DELETE', ...withKey(ADMIN_KEY) })
    expect([answer.status, body.code]).toEqual([405, 'method_not_allowed'])
    expect(answer.headers.get('Allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST'])
  })

  it.each([
    ['{"runtime":', 400, 'malformed_json'],
    ['', 400, 'malformed_json'],
    ['[1]', 400, 'malformed_json'],
    ['null', 400, 'malformed_json'],
  ])('refuse the body %s with %i', async (body, status, code) => {
    const answer = await service.post('/v1/executions', body)
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([status, code])
  })

  it('refuse another media type and a body that is too large', async () => {
    const typed = await service.post('/v1/executions', '{}', { 'Content-Type': 'text/plain' })
    expect([typed.status, ((await typed.json()) as Problem).code]).toEqual([415, 'unsupported_media_type'])
    const large = await service.post('/v1/executions', `"${'x'.repeat(65 * 1_048_576)}"`)
    expect([large.status, ((await large.json()) as Problem).code]).toEqual([413, 'body_too_large'])
  })

  it('say that the store is away without saying where it is', async () => {
    const { answer, body } = await problem('/v1/executions')
    expect([answer.status, body.code]).toEqual([503, 'store_unavailable'])
    expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/)
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/)
  })

  it('answer a bug with nothing of its inside, and log it under the request id', async () => {
    const bug = (): never => {
      throw new TypeError('secret of the inside')
    }
    await using broken = await startOfflineService({ runtimes: bug })
    const answer = await broken.ask('/v1/runtimes')
    const body = await readProblem(answer)
    expect([answer.status, body.code]).toEqual([500, 'internal'])
    expect(JSON.stringify(body)).not.toContain('secret of the inside')
    expect(broken.logged).toHaveLength(1)
    expect(broken.logged[0]).toContain('secret of the inside')
    expect(broken.logged[0]).toContain(body.requestId)
  })

  it.each([
    "/v1/executions/' OR 1=1 --",
    '/v1/executions/%00',
    '/v1/executions/%ff%fe',
    '/v1/%3Cscript%3E',
    `/v1/executions/${'x'.repeat(5000)}`,
    '/v1/executions/..%2f..%2fetc',
  ])('stay problems for the path %.40s', async (path) => {
    const { answer } = await problem(path)
    expect([404, 422, 503]).toContain(answer.status)
  })

  it('stay away from half a request: a raw line of nonsense closes the connection with 400', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
    socket.end('NONSENSE\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('every reply', () => {
  it('echoes a decent request id and traceparent and makes an id otherwise', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const echoed = await service.ask('/healthz', { headers: { 'X-Request-Id': 'abc-123', traceparent } })
    expect(echoed.headers.get('X-Request-Id')).toBe('abc-123')
    expect(echoed.headers.get('traceparent')).toBe(traceparent)
    const dotted = await service.ask('/healthz', { headers: { 'X-Request-Id': 'edge.eu:7_1' } })
    expect(dotted.headers.get('X-Request-Id')).toBe('edge.eu:7_1')
    const long = await service.ask('/healthz', { headers: { 'X-Request-Id': 'x'.repeat(129) } })
    expect(long.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
    const made = await service.ask('/healthz', {
      headers: { 'X-Request-Id': 'a b<script>', traceparent: 'nonsense' },
    })
    expect(made.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(made.headers.get('traceparent')).toBeNull()
  })

  it('forbids sniffing, framing, caching and foreign content', async () => {
    const { headers } = await service.ask('/v1/nothing')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    )
    expect(headers.get('X-Frame-Options')).toBe('DENY')
    expect(headers.get('Strict-Transport-Security')).toBeNull()
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})

describe('metrics', () => {
  it('count requests by route, never by what a caller wrote', async () => {
    await service.ask('/v1/executions/a-caller-wrote-this')
    const answer = await service.ask('/metrics')
    const body = await answer.text()
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(body).toMatch(
      /^exectrail_http_requests_total\{method="GET",route="\/v1\/executions\/:id",status="503"\} \d+$/m,
    )
    expect(body).toMatch(/^exectrail_executions_running 0$/m)
    expect(body).not.toContain('a-caller-wrote-this')
  })
})
