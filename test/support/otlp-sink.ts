/** A real HTTP server that takes OTLP as SigNoz would, in protobuf or JSON, and remembers what came. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { bytesOf, numberOf, readFields, textOf, type Fields } from './protobuf.ts'

type Value = string | number | boolean | null

interface SunkLog {
  eventName: string
  traceId: string
  spanId: string
  attributes: Record<string, Value>
}

interface SunkSpan {
  name: string
  traceId: string
  spanId: string
  attributes: Record<string, Value>
}

interface SunkMetric {
  name: string
  /** Of its points; of a histogram's, their counts. */
  values: number[]
}

export interface OtlpSink extends AsyncDisposable {
  url: string
  logs: SunkLog[]
  spans: SunkSpan[]
  /** Only from protobuf. */
  metrics: SunkMetric[]
  /** Headers of every request, in order. */
  headers: IncomingHttpHeaders[]
  /** Status of the answers from now on, 0: none ever; only what is answered with a 2xx is kept. */
  status: number
}

/** Listens on a free loopback port, or on `port`. */
export async function startOtlpSink(port = 0): Promise<OtlpSink> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const sink: OtlpSink = {
    url: `http://127.0.0.1:${portOf(server)}`,
    logs: [],
    spans: [],
    metrics: [],
    headers: [],
    status: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  server.on('request', (request, response) => void answer(sink, request, response))
  return sink
}

async function answer(sink: OtlpSink, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url: path = '', headers } = request
  const sent = await buffer(request)
  sink.headers.push(headers)
  const isJson = (headers['content-type'] ?? '').includes('json')
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  if (sink.status === 0) return
  if (sink.status < 300 && path === '/v1/metrics') sink.metrics.push(...(isJson ? [] : metricsOf(body)))
  else if (sink.status < 300) keep(sink, path, isJson ? fromJson(body) : fromProtobuf(body, path))
  response.writeHead(sink.status, { 'content-type': isJson ? 'application/json' : 'application/x-protobuf' })
  response.end(isJson ? '{}' : '')
}

type Entry = SunkLog & { name: string }

function keep(sink: OtlpSink, path: string, entries: readonly Entry[]): void {
  for (const { name, eventName, ...rest } of entries) {
    if (path === '/v1/logs') sink.logs.push({ eventName, ...rest })
    if (path === '/v1/traces') sink.spans.push({ name, ...rest })
  }
}

/** Field numbers of opentelemetry-proto: logs/v1 LogRecord, trace/v1 Span. */
const LOG = { traceId: 9, spanId: 10, attributes: 6, eventName: 12, name: -1 }
const SPAN = { traceId: 1, spanId: 2, attributes: 9, eventName: -1, name: 5 }

function fromProtobuf(body: Buffer, path: string): Entry[] {
  const numbers = path === '/v1/logs' ? LOG : SPAN
  const resources = bytesOf(readFields(body), 1).map(readFields)
  const scopes = resources.flatMap((resource) => bytesOf(resource, 2)).map(readFields)
  return scopes
    .flatMap((scope) => bytesOf(scope, 2))
    .map(readFields)
    .map((entry) => ({
      name: textOf(entry, numbers.name),
      eventName: textOf(entry, numbers.eventName),
      traceId: bytesOf(entry, numbers.traceId).at(-1)?.toString('hex') ?? '',
      spanId: bytesOf(entry, numbers.spanId).at(-1)?.toString('hex') ?? '',
      attributes: Object.fromEntries(bytesOf(entry, numbers.attributes).map(readFields).map(keyValue)),
    }))
}

/** Field numbers of opentelemetry-proto: metrics/v1 Metric, Gauge, Sum or Histogram, and their data points. */
function metricsOf(body: Buffer): SunkMetric[] {
  const scopes = bytesOf(readFields(body), 1).flatMap((resource) => bytesOf(readFields(resource), 2))
  const metrics = scopes.flatMap((scope) => bytesOf(readFields(scope), 2)).map(readFields)
  return metrics.map((metric) => {
    const pointsOf = (...kinds: number[]): Fields[] =>
      kinds
        .flatMap((kind) => bytesOf(metric, kind).flatMap((data) => bytesOf(readFields(data), 1)))
        .map(readFields)
    const values = pointsOf(5, 7).map((point) => doubleOf(numberOf(point, 4)))
    const counts = pointsOf(9).map((point) => Number(numberOf(point, 4)))
    return { name: textOf(metric, 1), values: [...values, ...counts] }
  })
}

function keyValue(fields: Fields): [string, Value] {
  const value = readFields(bytesOf(fields, 2).at(-1) ?? Buffer.alloc(0))
  if (value.has(1)) return [textOf(fields, 1), textOf(value, 1)]
  if (value.has(2)) return [textOf(fields, 1), numberOf(value, 2) === 1n]
  if (value.has(3)) return [textOf(fields, 1), Number(BigInt.asIntN(64, numberOf(value, 3)))]
  if (value.has(4)) return [textOf(fields, 1), doubleOf(numberOf(value, 4))]
  return [textOf(fields, 1), null]
}

function doubleOf(bits: bigint): number {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(bits)
  return bytes.readDoubleLE()
}

interface JsonEntry {
  name?: string
  eventName?: string
  traceId?: string
  spanId?: string
  attributes?: { key: string; value: Record<string, string | number | boolean> }[]
}
interface JsonScope {
  logRecords?: JsonEntry[]
  spans?: JsonEntry[]
}
interface JsonResource {
  scopeLogs?: JsonScope[]
  scopeSpans?: JsonScope[]
}

function fromJson(body: Buffer): Entry[] {
  const parsed = JSON.parse(body.toString('utf8')) as {
    resourceLogs?: JsonResource[]
    resourceSpans?: JsonResource[]
  }
  const resources = [...(parsed.resourceLogs ?? []), ...(parsed.resourceSpans ?? [])]
  const scopes = resources.flatMap((resource) => resource.scopeLogs ?? resource.scopeSpans ?? [])
  return scopes
    .flatMap((scope) => scope.logRecords ?? scope.spans ?? [])
    .map((entry) => ({
      name: entry.name ?? '',
      eventName: entry.eventName ?? '',
      traceId: entry.traceId ?? '',
      spanId: entry.spanId ?? '',
      attributes: Object.fromEntries((entry.attributes ?? []).map(jsonKeyValue)),
    }))
}

function jsonKeyValue({
  key,
  value,
}: {
  key: string
  value: Record<string, string | number | boolean>
}): [string, Value] {
  if (value['intValue'] !== undefined) return [key, Number(value['intValue'])]
  return [key, Object.values(value)[0] ?? null]
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the sink has no port')
  return address.port
}
