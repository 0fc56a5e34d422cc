import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createPlain, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { resolveOtlpEndpoint } from '../../src/executor/otlp-endpoint.ts'
import type { Trail } from '../../src/telemetry/trail.ts'
import { offlineConfig } from '../support/configuration.ts'
import { freshHome } from '../support/of-test.ts'
import { leave, openTrail } from './open-trail.ts'

interface Got {
  path: string
  headers: IncomingMessage['headers']
  body: string
  /** Common name of the client's certificate. */
  client: unknown
}

afterEach(() => vi.unstubAllEnvs())

/** A receiver that keeps complete requests. */
async function listen(tls: ServerOptions | null = null): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = []
  const answer: RequestListener = (request, response) => {
    void (async () => {
      const bytes = await buffer(request)
      const isZipped = request.headers['content-encoding'] === 'gzip'
      const client = tls === null ? null : (request.socket as TLSSocket).getPeerCertificate().subject?.CN
      const body = (isZipped ? gunzipSync(bytes) : bytes).toString('utf8')
      got.push({ path: request.url ?? '', headers: request.headers, body, client })
      response.end('{}')
    })()
  }
  const server: Server = tls === null ? createPlain(answer) : createServer(tls, answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : ''
  return { url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`, got }
}

async function deliverOne(url: string, more: Parameters<typeof openTrail>[2] = {}): Promise<Trail> {
  const trail = await openTrail(await freshHome(), url, more)
  leave(trail)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  return trail
}

describe('the sender heeds OTEL_EXPORTER_OTLP_', () => {
  it('HEADERS, also those of one signal', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%20abc,x-tenant=one')
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'x-tenant=two')
    const { url, got } = await listen()
    await deliverOne(url)
    const tenants = new Map(got.map(({ path, headers }) => [path, headers['x-tenant']]))
    expect(tenants).toEqual(
      new Map([
        ['/v1/logs', 'one'],
        ['/v1/traces', 'two'],
      ]),
    )
    expect(new Set(got.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer abc']))
  })

  it('COMPRESSION', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip')
    const { url, got } = await listen()
    await deliverOne(url)
    expect(new Set(got.map(({ headers }) => headers['content-encoding']))).toEqual(new Set(['gzip']))
    expect(got.flatMap(({ body }) => Object.keys(JSON.parse(body))).toSorted()).toEqual(
      expect.arrayContaining(['resourceLogs', 'resourceSpans']),
    )
  })

  it('TIMEOUT: what hangs is tried again after it', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200')
    let requests = 0
    const server = createPlain((_request, response) => {
      requests += 1
      if (requests > 2) response.end('{}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const trail = await deliverOne(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    expect(trail.status().lastError).toBe('no answer within 200 ms')
  })

  it('LOGS_ENDPOINT and TRACES_ENDPOINT, as they are', async () => {
    const [logs, spans] = [await listen(), await listen()]
    const config = offlineConfig('/nowhere', {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${logs.url}/of/logs`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${spans.url}/of/spans`,
    })
    await deliverOne('', { resolveEndpoint: () => resolveOtlpEndpoint(config) })
    expect(new Set(logs.got.map(({ path }) => path))).toEqual(new Set(['/of/logs']))
    expect(new Set(spans.got.map(({ path }) => path))).toEqual(new Set(['/of/spans']))
  })

  it('CERTIFICATE, CLIENT_KEY and CLIENT_CERTIFICATE', async ({ skip }) => {
    const directory = await freshHome()
    const made = makeCertificates(directory)
    const { ca, read } = made ?? skip('openssl is needed to make certificates')
    const { url, got } = await listen({
      key: read('server.key'),
      cert: read('server.pem'),
      ca: readFileSync(ca),
      requestCert: true,
      rejectUnauthorized: true,
    })
    const stranger = await openTrail(directory, url)
    leave(stranger)
    expect((await stranger.shutdown(500)).left).toBeGreaterThan(0)
    expect(got).toEqual([])
    vi.stubEnv('OTEL_EXPORTER_OTLP_CERTIFICATE', ca)
    vi.stubEnv('OTEL_EXPORTER_OTLP_CLIENT_KEY', join(directory, 'client.key'))
    vi.stubEnv('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', join(directory, 'client.pem'))
    await deliverOne(url)
    expect(new Set(got.map(({ client }) => client))).toEqual(new Set(['client']))
  })
})

/** A CA, and a server's and a client's certificate of it; null without openssl. */
function makeCertificates(directory: string): { ca: string; read: (name: string) => Buffer } | null {
  const openssl = (line: string): Buffer =>
    execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'pipe' })
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  try {
    openssl(`req -x509 ${key} -days 2 -subj /CN=ca -keyout ca.key -out ca.pem`)
    for (const name of ['server', 'client'])
      openssl(
        `req -x509 ${key} -days 2 -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE -CA ca.pem -CAkey ca.key -keyout ${name}.key -out ${name}.pem`,
      )
  } catch {
    return null
  }
  return { ca: join(directory, 'ca.pem'), read: (name) => readFileSync(join(directory, name)) }
}
