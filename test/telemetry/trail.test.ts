import { context, logs, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import { expect, it } from 'vitest'
import { claimGlobals } from '../../src/telemetry/providers.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { makeRecord } from '../support/records.ts'
import { begin, leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

it('each execution leaves one started event, one completed record and one span, with one trace id', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url)
  const record = makeRecord()
  const entry = begin(trail, record)
  entry.complete({ ...record, traceId: entry.traceId, spanId: entry.spanId })
  entry.complete({ ...record, traceId: entry.traceId, spanId: entry.spanId })
  await trail.shutdown(10_000)
  expect(receiver.taken.map(({ signal, eventName }) => `${signal} ${eventName}`).toSorted()).toEqual([
    'logs code_exec.completed',
    'logs code_exec.started',
    'spans ',
  ])
  for (const { traceId, spanId } of receiver.taken)
    expect({ traceId, spanId }).toEqual({ traceId: entry.traceId, spanId: entry.spanId })
  expect(entry.traceparent).toBe(`00-${entry.traceId}-${entry.spanId}-01`)
})

it('the span is a child of the caller’s, sampled or not', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url, { hostSdk: { claim: claimGlobals } })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const parent = { traceId, spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.NONE, isRemote: true }
  const { entry } = context.with(trace.setSpanContext(ROOT_CONTEXT, parent), () => leave(trail))
  await trail.shutdown(10_000)
  expect(entry.traceId).toBe(traceId)
  expect(receiver.taken.find(({ signal }) => signal === 'spans')?.parentSpanId).toBe(parent.spanId)
})

it('span and records carry the names the GenAI conventions have for a tool call', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url)
  const names = { toolCallId: 'call-1', conversationId: 'conversation-1' }
  const python = makeRecord({ language: 'python', ...names })
  trail.begin(python, { toolName: 'calculator' }).complete(python)
  const unnamed = leave(trail, { runtime: 'wasmedge', language: 'bash' })
  await trail.shutdown(10_000)
  for (const one of receiver.taken.filter(({ id }) => id === python.executionId))
    expect(one.attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'calculator',
      'gen_ai.tool.call.id': 'call-1',
      'gen_ai.conversation.id': 'conversation-1',
      'process.executable.name': 'python3',
    })
  for (const one of receiver.taken.filter(({ id }) => id === unnamed.id)) {
    expect(one.attributes).toMatchObject({
      'gen_ai.tool.name': 'run_code',
      'process.executable.name': 'wasmedge',
    })
    expect(one.attributes).not.toHaveProperty(['gen_ai.tool.call.id'])
  }
  expect(receiver.taken).toHaveLength(6)
})

it('the span is a child of a framework’s execute_tool span', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url, { hostSdk: { claim: claimGlobals } })
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'run_code' }
  const { id } = await trace
    .getTracer('framework')
    .startActiveSpan('execute_tool run_code', { attributes }, async (span) => {
      await Promise.resolve()
      const left = leave(trail)
      span.end()
      return left
    })
  await trail.shutdown(10_000)
  const spans = receiver.taken.filter(({ signal }) => signal === 'spans')
  const [ours, theirs] = [spans.find((span) => span.id === id), spans.find((span) => span.id !== id)]
  expect(theirs?.attributes).toMatchObject(attributes)
  expect(ours).toMatchObject({ parentSpanId: theirs?.spanId, traceId: theirs?.traceId })
})

it('log records through the new and the old global of the host program go the same way', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url, { hostSdk: { claim: claimGlobals } })
  logs.getLogger('host').emit({ eventName: 'host.new', body: 'new' })
  oldLogs.getLogger('host').emit({ eventName: 'host.old', body: 'old' })
  trace.getTracer('host').startSpan('host span').end()
  await trail.shutdown(10_000)
  expect(receiver.taken.map(({ eventName }) => eventName).toSorted()).toEqual(['', 'host.new', 'host.old'])
})

it('hostile values arrive made safe, and nothing is refused', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url, { hostSdk: { claim: claimGlobals } })
  const { id } = leave(trail, {
    stdout: `\uD800 lone \u0000 ${'x'.repeat(5_000_000)} the end`,
    errorMessage: '\uDC00',
    durationMs: Number.NaN,
    cpuMs: Number.POSITIVE_INFINITY,
    exitCode: 0.4,
    codeAgentId: '\uD83D'.repeat(10_000),
  })
  logs.getLogger('host').emit({
    eventName: 'host.many',
    attributes: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key ${n}`, Number.NaN])),
  })
  await trail.shutdown(10_000)
  expect(receiver.completed()).toEqual([id])
  const attributes =
    receiver.taken.find(({ eventName }) => eventName === 'code_exec.completed')?.attributes ?? {}
  expect(attributes['exception.message']).toBe('\uFFFD')
  expect(attributes).not.toHaveProperty('code_exec.duration_ms')
  expect(attributes).not.toHaveProperty('code_exec.cpu_ms')
  expect(attributes['process.exit.code']).toBe('0')
  const stdout = String(attributes['code_exec.stdout'])
  expect(Buffer.byteLength(stdout)).toBeLessThan(66_000)
  expect(stdout).toMatch(/^\uFFFD lone .*left out.* the end$/su)
  expect(Buffer.byteLength(String(attributes['gen_ai.agent.id']))).toBeLessThanOrEqual(4096)
  const many = receiver.taken.find(({ eventName }) => eventName === 'host.many')
  expect(Object.keys(many?.attributes ?? {}).length).toBe(128)
  expect(trail.status()).toMatchObject({ dead: 0, dropped: 0 })
})

it('a record of the host program that no frame holds is counted as lost, and costs no other', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url, { hostSdk: { claim: claimGlobals } })
  const long = Array.from({ length: 128 }, () => 'x'.repeat(60_000))
  const many = Object.fromEntries(Array.from({ length: 3 }, (_, n) => [`key ${n}`, long]))
  logs.getLogger('host').emit({ eventName: 'host.large', attributes: many })
  const { id } = leave(trail)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(trail.status()).toMatchObject({ dropped: 1, corrupt: 0, dead: 0 })
  expect(receiver.completed()).toEqual([id])
})

it('an outbox that is full changes no execution: what has no room is counted', async () => {
  await using home = await temporaryDirectory()
  const trail = await openTrail(home.path, null, { outboxMaxBytes: 100_000 })
  const big = 'y'.repeat(60_000)
  for (let n = 0; n < 400; n += 1) leave(trail, { stdout: big })
  const { begun, completed, written, dropped } = trail.status()
  expect({ begun, completed }).toEqual({ begun: 400, completed: 400 })
  expect(dropped).toBeGreaterThan(0)
  expect(written).toBeGreaterThan(0)
  await trail.shutdown(50)
})

it('an outbox that was full takes up again once it is delivered, and loses nothing that it held', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  let url: string | null = null
  const trail = await openTrail(home.path, null, {
    outboxMaxBytes: 100_000,
    resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
  })
  const ids = Array.from({ length: 60 }, () => leave(trail, { stdout: 'z'.repeat(10_000) }).id)
  url = receiver.url
  expect((await trail.flush(20_000)).left).toBe(0)
  const late = leave(trail).id
  expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
  expect(receiver.completed().toSorted()).toEqual([...ids, late].toSorted())
  expect(receiver.spans().toSorted()).toEqual([...ids, late].toSorted())
  expect(trail.status().dropped).toBe(0)
})

it('an execution that has not ended when its trail is shut down is completed as crashed by the next process', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const first = await openTrail(home.path, receiver.url)
  const record = makeRecord()
  begin(first, record)
  expect(await first.shutdown(10_000)).toEqual({ left: 0 })
  const next = await openTrail(home.path, receiver.url)
  expect(await next.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([record.executionId])
  expect(receiver.spans()).toEqual([record.executionId])
})
