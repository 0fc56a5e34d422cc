import { join } from 'node:path'
import { logs, trace, type AnyValue } from '@opentelemetry/api'
import { expect, it, onTestFinished } from 'vitest'
import { EXECTRAIL_SCOPE } from '../../src/telemetry/record/otlp-json.ts'
import { encodeProtobuf, readProtobufResponse } from '../../src/telemetry/delivery/otlp-protobuf.ts'
import { claimGlobals } from '../../src/telemetry/providers.ts'
import { startTestCollector } from '../support/collector.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startOtlpSink, type OtlpSink } from '../support/otlp-sink.ts'
import { bytesOf, readFields, textOf } from '../support/protobuf.ts'
import { waitFor } from '../support/wait.ts'
import { leave, openTrail } from './open-trail.ts'

const ATTRIBUTES: Record<string, AnyValue> = {
  negative: -7,
  large: Number.MAX_SAFE_INTEGER,
  small: Number.MIN_SAFE_INTEGER,
  zero: 0,
  half: -0.5,
  tiny: 5e-324,
  no: false,
  yes: true,
  empty: '',
  text: 'é 😀 \u0000 \uD800',
  long: 'x'.repeat(100_000),
}
const NESTED: Record<string, AnyValue> = {
  list: [1, 'two', [3]],
  map: { a: { b: null } },
  bytes: new Uint8Array([0, 255]),
}

it('the Collector reads the same from protobuf as from JSON', async () => {
  await using directory = await temporaryDirectory()
  await using sink = await startOtlpSink()
  const signoz = { otlpEndpoint: sink.url, ingestionKey: null }
  const collector = await startTestCollector(join(directory.path, 'collector'), { signoz })
  onTestFinished(() => collector.stop())
  for (const encoding of ['json', 'protobuf'] as const) {
    const protocols = { logs: encoding, spans: encoding, metrics: encoding }
    const trail = await openTrail(join(directory.path, encoding), collector.otlpHttp, {
      hostSdk: { claim: claimGlobals },
      resolveEndpoint: () => Promise.resolve({ url: collector.otlpHttp, headers: {}, protocols }),
    })
    logs
      .getLogger('host', '1.2')
      .emit({ eventName: encoding, body: NESTED, attributes: { ...ATTRIBUTES, ...NESTED } })
    const span = trace
      .getTracer('host')
      .startSpan(`span ${encoding}`, { attributes: { half: 0.5, text: 'é' } })
    span.addEvent('event', { n: 1 })
    span.addLink({ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } })
    span.end()
    leave(trail)
    expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
    expect(trail.status()).toMatchObject({ dead: 0, dropped: 0, lastError: null })
  }
  await waitFor(() => sink.logs.length === 6 && sink.spans.length === 4, {
    what: 'all records',
  })
  const [json, protobuf] = [logOf(sink, 'json'), logOf(sink, 'protobuf')]
  expect(protobuf).toEqual(json)
  expect(protobuf).toMatchObject({
    negative: -7,
    large: Number.MAX_SAFE_INTEGER,
    half: -0.5,
    tiny: 5e-324,
    no: false,
  })
  expect(protobuf?.['text']).toBe('é 😀 \u0000 \uFFFD')
  const spans = ['json', 'protobuf'].map((name) => sink.spans.find((span) => span.name === `span ${name}`))
  expect(spans[1]?.attributes).toEqual(spans[0]?.attributes)
})

function logOf(sink: OtlpSink, eventName: string): Record<string, unknown> | undefined {
  return sink.logs.find((log) => log.eventName === eventName)?.attributes
}

it('records of one scope that follow each other share its entry', () => {
  const record = Buffer.from('{"eventName":"one"}')
  const other = Buffer.from('"scope":{"name":"other"}')
  const scopes = [Buffer.from(EXECTRAIL_SCOPE), Buffer.from(EXECTRAIL_SCOPE), other]
  const resource = '{"attributes":[{"key":"service.name","value":{"stringValue":"test"}}]}'
  const items = scopes.map((scope) => ({ scope, json: record }))
  const [entry] = bytesOf(readFields(Buffer.from(encodeProtobuf('logs', { resource, items }))), 1)
  const found = bytesOf(readFields(entry ?? Buffer.alloc(0)), 2).map(readFields)
  expect(found.map((scope) => bytesOf(scope, 2).length)).toEqual([2, 1])
  expect(found.map((scope) => textOf(readFields(bytesOf(scope, 1)[0] ?? Buffer.alloc(0)), 1))).toEqual([
    'exectrail',
    'other',
  ])
  expect(textOf(found[0] ?? new Map(), 3)).toContain('opentelemetry.io/schemas')
})

it('an answer says how many were rejected, and bytes that are none say nothing', () => {
  const partial = Buffer.from([0x08, 0x03, 0x12, 0x02, 0x6e, 0x6f])
  const answer = Buffer.concat([Buffer.from([0x0a, partial.length]), partial])
  expect(readProtobufResponse(answer)).toEqual({ rejected: 3, message: 'no' })
  for (const bytes of ['', 'ff', '0aff', '0a', '{"partialSuccess":{}}'])
    expect(readProtobufResponse(Buffer.from(bytes, 'hex')).message).toBe('')
  expect(readProtobufResponse(Buffer.from('{"partialSuccess":{"rejectedSpans":1}}')).message).toBe('')
})
