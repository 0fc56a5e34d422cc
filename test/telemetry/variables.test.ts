/** OpenTelemetry's standard variables: each has its effect or is refused in words. docs/opentelemetry.md lists them. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createExecutor, type ExecutorOptions } from '../../src/executor/executor.ts'
import { resolveOtlpEndpoint } from '../../src/executor/otlp-endpoint.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { writeEndpoints } from '../../src/stack/endpoints.ts'
import { offlineConfig } from '../support/configuration.ts'
import { freshHome, freshSink } from '../support/of-test.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'
import { waitFor } from '../support/wait.ts'

const REQUEST: ExecutionRequest = { runtime: 'subprocess', language: 'bash', code: 'echo 0123456789' }

afterEach(() => vi.unstubAllEnvs())

/** The exporters read the process's own environment. */
function stub(variables: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  return variables
}

/** Runs code once and closes; resolves to the bytes left. */
async function runOnce(
  variables: Record<string, string>,
  { home, ...options }: ExecutorOptions & { home?: string } = {},
): Promise<{ left: number; lastError: string | null }> {
  const executor = await createExecutor({
    config: offlineConfig(home ?? (await freshHome()), stub(variables)),
    runtimes: [toyRuntime(() => Promise.resolve(exitWith()))],
    ...options,
  })
  await executor.execute(REQUEST)
  const { left } = await executor.close(1000)
  return { left, lastError: executor.status().trail.lastError }
}

const VENDOR = 'http://127.0.0.1:9'

describe('where records go', () => {
  it('EXECTRAIL_OTLP_ENDPOINT comes before the host’s receiver, whose headers it does not get', async () => {
    const [ours, vendor] = [await freshSink(), await freshSink()]
    const { left } = await runOnce({
      EXECTRAIL_OTLP_ENDPOINT: ours.url,
      EXECTRAIL_OTLP_HEADERS: 'x-ours=a%20b',
      OTEL_EXPORTER_OTLP_ENDPOINT: vendor.url,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${vendor.url}/v1/logs`,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRIC_EXPORT_INTERVAL: '100',
    })
    await waitFor(() => ours.headers.length >= 2, { what: 'two requests' })
    expect(left).toBe(0)
    expect(vendor.headers).toEqual([])
    expect(ours.logs.map(({ eventName }) => eventName)).toContain('code_exec.completed')
    expect(new Set(ours.headers.map((headers) => headers['x-ours']))).toEqual(new Set(['a b']))
    expect(ours.headers.filter((headers) => 'api-key' in headers)).toEqual([])
  })

  it('the Collector of a running stack does not get the host’s headers, nor its metrics exporter’s', async () => {
    const [home, stack] = [await freshHome(), await freshSink()]
    await writeEndpoints(home, {
      service: stack.url,
      clickhouse: stack.url,
      otlpHttp: stack.url,
      otlpGrpc: null,
      collectorHealth: null,
      collectorMetrics: null,
      clickhouseUser: 'u',
      clickhousePassword: 'p',
      clickhouseReader: null,
      clickhouseReaderPassword: null,
    })
    const variables = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret', OTEL_METRIC_EXPORT_INTERVAL: '100' }
    const executor = await createExecutor({
      config: offlineConfig(home, stub(variables)),
      runtimes: [toyRuntime(() => Promise.resolve(exitWith()))],
    })
    await executor.execute(REQUEST)
    await executor.flush(5000)
    const paths = (): number => stack.headers.length
    await waitFor(() => paths() >= 3, { what: 'logs, spans and metrics' })
    await executor.close(1000)
    expect(stack.headers.filter((headers) => 'api-key' in headers)).toEqual([])
  })

  it('a traces endpoint alone gets the spans, and the records wait for a receiver, each once', async () => {
    const [home, spans, all] = [await freshHome(), await freshSink(), await freshSink()]
    const named = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${spans.url}/v1/traces` }
    const first = await runOnce(named, { home })
    expect(first.left).toBeGreaterThan(0)
    expect(spans.spans).toHaveLength(1)
    expect(spans.logs).toEqual([])
    vi.unstubAllEnvs()
    await runOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: all.url }, { home })
    expect(all.logs.filter(({ eventName }) => eventName === 'code_exec.completed')).toHaveLength(2)
  })

  it.each([
    ['OTEL_TRACES_EXPORTER', ['code_exec.started', 'code_exec.completed'], 0],
    ['OTEL_LOGS_EXPORTER', [], 1],
  ] as const)('%s=none sends none of them', async (name, events, spans) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const sink = await freshSink()
    expect(await runOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, [name]: 'none' })).toMatchObject({
      left: 0,
    })
    expect(sink.logs.map(({ eventName }) => eventName)).toEqual(events)
    expect(sink.spans).toHaveLength(spans)
    expect(warned.mock.calls.map(([, options]) => options)).toEqual(
      name === 'OTEL_LOGS_EXPORTER' ? [expect.objectContaining({ code: 'EXECTRAIL_NO_RECORDS' })] : [],
    )
    warned.mockRestore()
  })

  it('none silences no receiver but the one that OpenTelemetry’s variables name', () => {
    const none = { OTEL_LOGS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' }
    expect(offlineConfig('/nowhere', none).otlpOmitted).toEqual([])
    const own = { ...none, OTEL_EXPORTER_OTLP_ENDPOINT: VENDOR, EXECTRAIL_OTLP_ENDPOINT: VENDOR }
    expect(offlineConfig('/nowhere', own).otlpOmitted).toEqual([])
  })
})

describe('settings of the receiver that is named', () => {
  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /over HTTP, not gRPC: .*4318.*EXECTRAIL_OTLP_ENDPOINT/u],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc', /not gRPC/u],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'carrier pigeon', /write http\/protobuf or http\/json/u],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon', /write ms/u],
    ['OTEL_EXPORTER_OTLP_LOGS_TIMEOUT', '-1', /at least 1/u],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zip', /write gzip or none/u],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'no pair', /key=value/u],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz', /percent-encoded/u],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/no/such/file', /\/no\/such\/file cannot be read: ENOENT/u],
    ['OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY', '/no/such/key', /\/no\/such\/key cannot be read/u],
    ['OTEL_RESOURCE_ATTRIBUTES', 'team', /key=value/u],
    ['OTEL_SDK_DISABLED', 'maybe', /write true or false/u],
    ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'short', /write a number/u],
  ])('%s=%s is refused in words', (name, value, words) => {
    const load = (): unknown =>
      offlineConfig('/nowhere', { OTEL_EXPORTER_OTLP_ENDPOINT: VENDOR, [name]: value })
    expect(load).toThrow(words)
    expect(load).toThrow(name)
  })

  it('a file that is no certificate is named', async () => {
    const path = join(await freshHome(), 'ca.pem')
    writeFileSync(path, 'not a certificate')
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: VENDOR, OTEL_EXPORTER_OTLP_CERTIFICATE: path }
    expect(() => offlineConfig('/nowhere', variables)).toThrow(`${path} is not a PEM certificate`)
  })

  it.each([
    ['http/protobuf', 'application/x-protobuf'],
    ['http/json', 'application/json'],
  ])('OTEL_EXPORTER_OTLP_PROTOCOL=%s delivers as %s', async (protocol, type) => {
    const sink = await freshSink()
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
    expect(await runOnce(variables)).toMatchObject({ left: 0, lastError: null })
    expect(new Set(sink.headers.map((headers) => headers['content-type']))).toEqual(new Set([type]))
    expect(sink.spans.map(({ name }) => name)).toEqual(['execute_code subprocess'])
    const record = sink.logs.find(({ eventName }) => eventName === 'code_exec.completed')
    expect(record).toMatchObject({
      traceId: sink.spans[0]?.traceId,
      attributes: {
        'code_exec.code': 'echo 0123456789',
        'code_exec.success': true,
        'code_exec.limit.timeout_ms': 30_000,
        'code_exec.duration_ms': expect.any(Number),
      },
    })
  })

  it('do not concern a host that names none', () => {
    expect(offlineConfig('/nowhere', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).otlpEndpoint).toBeNull()
  })

  it('a receiver that speaks no HTTP/1.1 is described, not its bytes', async () => {
    const server = createServer((socket) =>
      socket.end(Buffer.from('\0\0\x06\x04\0\0\0\0\0\0\x05\0\0@\0', 'latin1')),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const { lastError } = await runOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
    expect(lastError).toContain('does not speak HTTP/1.1')
    expect(lastError).toContain('4317')
  })
})

describe('what records say', () => {
  it('service.name counts in OTEL_RESOURCE_ATTRIBUTES, and OTEL_SERVICE_NAME before it', () => {
    const attributes = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=from%20attributes,team=a' }
    expect(offlineConfig('/nowhere', attributes).serviceName).toBe('from attributes')
    expect(offlineConfig('/nowhere', { ...attributes, OTEL_SERVICE_NAME: 'named' }).serviceName).toBe('named')
    expect(offlineConfig('/nowhere').serviceName).toBe('exectrail')
  })

  it('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT cuts content, and no id', async () => {
    const sink = await freshSink()
    await runOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '6' })
    const record = sink.logs.find(({ eventName }) => eventName === 'code_exec.completed')
    expect(record?.attributes).toMatchObject({
      'code_exec.code': 'echo 0',
      'code_exec.execution.id': expect.stringMatching(/^.{36}$/u),
    })
  })

  it('OTEL_SDK_DISABLED leaves the trail alone, without metrics, globals and other processors', async () => {
    const [sink, exporter] = [await freshSink(), new InMemorySpanExporter()]
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_SDK_DISABLED: 'TRUE' }
    const spanProcessors = [new SimpleSpanProcessor({ exporter })]
    expect(await runOnce(variables, { registerGlobals: true, spanProcessors })).toMatchObject({ left: 0 })
    expect(trace.getTracer('host').startSpan('none').isRecording()).toBe(false)
    expect(exporter.getFinishedSpans()).toEqual([])
    expect(sink.spans).toHaveLength(1)
    expect(offlineConfig('/nowhere', variables).metricsEveryMs).toBeNull()
    expect(await resolveOtlpEndpoint(offlineConfig('/nowhere', variables))).toMatchObject({ url: sink.url })
  })
})
