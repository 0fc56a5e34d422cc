import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, constants } from 'node:http2'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config.ts'
import { findCollector } from '../../../src/provision/collector/collector.ts'
import { readCollectorMetrics } from '../../../src/stack/collector/metrics.ts'
import type { CollectorProgram } from '../../../src/provision/collector/program.ts'
import { environmentOf, fragmentsOf, type CollectorSettings } from '../../../src/stack/collector/settings.ts'
import { startTestCollector, type TestCollector } from '../../support/collector.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { completedRecord, post, sendLogs, sendSpans } from '../../support/otlp-records.ts'
import { freshHome, freshSink } from '../../support/of-test.ts'
import { waitFor } from '../../support/wait.ts'

const SETTINGS: CollectorSettings = {
  host: '127.0.0.1',
  ports: { http: 4318, grpc: 4317, health: 13_133, metrics: 8888 },
  token: null,
  clickhouse: { url: 'http://127.0.0.1:8123', user: 'u', password: 'p', database: 'exectrail' },
  signoz: { otlpEndpoint: null, ingestionKey: null },
}

async function start(settings: Partial<CollectorSettings>, directory?: string): Promise<TestCollector> {
  const collector = await startTestCollector(directory ?? (await freshHome()), settings)
  onTestFinished(() => collector.stop())
  return collector
}

describe('the configuration', () => {
  let program: CollectorProgram
  beforeAll(async () => {
    program = await findCollector({ config: loadConfig(), report: () => undefined })
  })

  async function runWith(
    settings: CollectorSettings,
    verb: string,
    fragments = fragmentsOf(settings),
  ): Promise<{ code: unknown; said: string }> {
    await using directory = await temporaryDirectory()
    const { command, args, env } = program.command({
      fragments,
      env: environmentOf(settings),
      queueDirectory: join(directory.path, 'queue'),
    })
    const ran = await execa(command, [verb, ...args], { env, extendEnv: false, reject: false, all: true })
    return { code: ran.exitCode, said: ran.all }
  }

  it.each([
    ['without SigNoz', {}],
    ['with a SigNoz of one’s own', { signoz: { otlpEndpoint: 'http://10.0.0.1:4318', ingestionKey: null } }],
    ['with SigNoz Cloud', { signoz: { otlpEndpoint: 'https://ingest.eu.signoz.cloud', ingestionKey: 'k' } }],
    ['beyond loopback', { host: '0.0.0.0', token: 'a-token' }],
  ])('is valid %s', async (_, changes) => {
    expect(await runWith({ ...SETTINGS, ...changes }, 'validate')).toEqual({ code: 0, said: '' })
  })

  it('is valid as an agent before a gateway', async () => {
    const settings = { ...SETTINGS, host: '0.0.0.0', token: 'a-token' }
    expect(await runWith(settings, 'validate', ['agent.yaml', 'token.yaml'])).toEqual({ code: 0, said: '' })
  })

  it('has no trace of SigNoz where none is configured', async () => {
    const { said } = await runWith(SETTINGS, 'print-config')
    expect(said).toContain('clickhouse/completed')
    expect(said).not.toContain('signoz')
  })

  it('refuses to be bound beyond loopback without a token', () => {
    expect(() => fragmentsOf({ ...SETTINGS, host: '0.0.0.0' })).toThrow('OTLP on 0.0.0.0 needs a token')
  })
})

describe('SigNoz', () => {
  it('receives the span and the record that were sent, with the ingestion key', async () => {
    const sink = await freshSink()
    const { otlpHttp } = await start({ signoz: { otlpEndpoint: sink.url, ingestionKey: 'key-1' } })
    const record = completedRecord(randomUUID())
    const [traceId, spanId] = [record.traceId ?? '', record.spanId ?? '']
    await sendLogs(otlpHttp, [record])
    await sendSpans(otlpHttp, [
      { name: 'execute_code subprocess', traceId, spanId, attributes: { 'code_exec.attempt': 1 } },
    ])
    await waitFor(() => sink.logs.length === 1 && sink.spans.length === 1, {
      what: 'both',
    })
    expect(sink.logs).toEqual([
      { eventName: 'code_exec.completed', traceId, spanId, attributes: record.attributes },
    ])
    expect(sink.spans).toEqual([
      { name: 'execute_code subprocess', traceId, spanId, attributes: { 'code_exec.attempt': 1 } },
    ])
    expect(sink.headers.map((headers) => headers['signoz-ingestion-key'])).toEqual(['key-1', 'key-1'])
  })

  it('of one’s own gets no such header', async () => {
    const sink = await freshSink()
    const { otlpHttp } = await start({ signoz: { otlpEndpoint: sink.url, ingestionKey: null } })
    await sendLogs(otlpHttp, [completedRecord()])
    await waitFor(() => sink.logs.length === 1, { what: 'the record' })
    expect(sink.headers[0]).not.toHaveProperty('signoz-ingestion-key')
  })

  it('receives also the log records of other programs', async () => {
    const sink = await freshSink()
    const { otlpHttp } = await start({ signoz: { otlpEndpoint: sink.url, ingestionKey: null } })
    await sendLogs(otlpHttp, [{ body: 'an ordinary line', attributes: { a: 1 } }])
    await waitFor(() => sink.logs.length === 1, { what: 'the line' })
    expect(sink.logs[0]).toMatchObject({ eventName: '', attributes: { a: 1 } })
  })

  it('gets what it refused for a while, and what waited when the Collector was stopped', async () => {
    await using directory = await temporaryDirectory()
    const sink = await freshSink()
    sink.status = 503
    const signoz = { otlpEndpoint: sink.url, ingestionKey: null }
    const first = await startTestCollector(directory.path, { signoz })
    const ids = Array.from({ length: 50 }, () => randomBytes(8).toString('hex'))
    await sendLogs(
      first.otlpHttp,
      ids.map((id) => completedRecord(id)),
    )
    await waitFor(() => sink.headers.length > 0, { what: 'a refused request' })
    await first.stop()
    expect(sink.logs).toEqual([])
    sink.status = 200
    await start({ signoz }, directory.path)
    const received = (): string[] => sink.logs.map((log) => String(log.attributes['code_exec.execution.id']))
    await waitFor(() => received().length >= ids.length, { what: 'the records' })
    expect(new Set(received())).toEqual(new Set(ids))
  })
})

describe('bound beyond loopback', () => {
  const settings = { host: '0.0.0.0', token: 'the-right-one' }
  const url = ({ otlpHttp }: TestCollector): string => `${otlpHttp}/v1/logs`

  it('OTLP over HTTP wants the bearer token', async () => {
    const collector = await start(settings)
    expect(await post(url(collector), { resourceLogs: [] })).toBe(401)
    expect(await post(url(collector), { resourceLogs: [] }, { token: 'a-wrong-one' })).toBe(401)
    expect(await post(url(collector), { resourceLogs: [] }, { token: 'the-right-one' })).toBe(200)
  })

  it('OTLP over gRPC wants the bearer token', async () => {
    const collector = await start(settings)
    const [ok, unauthenticated] = ['0', '16']
    expect(await exportOverGrpc(collector.otlpGrpcPort, null)).toBe(unauthenticated)
    expect(await exportOverGrpc(collector.otlpGrpcPort, 'a-wrong-one')).toBe(unauthenticated)
    expect(await exportOverGrpc(collector.otlpGrpcPort, 'the-right-one')).toBe(ok)
  })
})

/** Sends an empty LogsService/Export; resolves to grpc-status. */
async function exportOverGrpc(port: number, token: string | null): Promise<string> {
  const session = connect(`http://127.0.0.1:${port}`)
  try {
    const stream = session.request({
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const statuses: (string | string[] | undefined)[] = []
    stream.on('response', (headers) => statuses.push(headers['grpc-status']))
    stream.on('trailers', (headers) => statuses.push(headers['grpc-status']))
    // One uncompressed message of no bytes.
    stream.end(Buffer.alloc(5))
    stream.resume()
    await once(stream, 'close')
    return String(statuses.flat().find((status) => status !== undefined))
  } finally {
    session.close()
  }
}

it('the Collector tells its queues, one per sink and signal', async () => {
  const sink = await freshSink()
  const { metricsUrl, otlpHttp } = await start({ signoz: { otlpEndpoint: sink.url, ingestionKey: null } })
  await sendLogs(otlpHttp, [completedRecord(), completedRecord()])
  const read = await waitFor(
    async () => {
      const metrics = await readCollectorMetrics(metricsUrl)
      const signoz = metrics.exporters.find((one) => one.exporter === 'otlp_http/signoz' && one.sent === 2)
      return signoz === undefined ? null : metrics
    },
    { what: 'two sent records' },
  )
  expect(read).toMatchObject({ accepted: 2, refused: 0 })
  expect(read.exporters.map(({ exporter, signal }) => `${exporter} ${signal}`).toSorted()).toEqual([
    'clickhouse/completed log_records',
    'clickhouse/started log_records',
    'clickhouse/traces spans',
    'otlp_http/signoz log_records',
    'otlp_http/signoz metric_points',
    'otlp_http/signoz spans',
  ])
  const waiting = read.exporters.find((one) => one.exporter === 'clickhouse/completed')
  expect(waiting?.queueBytes).toBeGreaterThan(0)
})
