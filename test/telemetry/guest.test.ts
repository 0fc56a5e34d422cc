/** exectrail inside a host program with an OpenTelemetry of its own, in one process; `test/interop` has the real SDKs. */
import { context, logs, propagation, ROOT_CONTEXT, trace, TraceFlags, type Context } from '@opentelemetry/api'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { suppressTracing } from '@opentelemetry/core'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createExecutor, type Executor, type ExecutorOptions } from '../../src/executor/executor.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'
import { startReceiver, type Receiver } from './receiver.ts'

const API = Symbol.for('opentelemetry.js.api.1')
const OLD_LOGS = Symbol.for('io.opentelemetry.js.api.logs')
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`
const PARENT = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: TraceFlags.SAMPLED }
const REQUEST: ExecutionRequest = { runtime: 'subprocess', language: 'bash', code: 'true' }

afterEach(() => {
  for (const api of [trace, logs, oldLogs, context, propagation]) api.disable()
  Reflect.deleteProperty(globalThis, API)
})

let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver()
  return () => receiver[Symbol.asyncDispose]()
})

async function openExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const home = await temporaryDirectory()
  const executor = await createExecutor({
    config: offlineConfig(home.path, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }),
    runtimes: [toyRuntime(() => Promise.resolve(exitWith()))],
    ...options,
  })
  onTestFinished(async () => {
    await executor.close()
    await home[Symbol.asyncDispose]()
  })
  return executor
}

function spanOf(executionId: string): Receiver['taken'][number] | undefined {
  return receiver.taken.find(({ signal, id }) => signal === 'spans' && id === executionId)
}

describe('the globals are the host program’s', () => {
  it('an executor sets none, and an SDK that starts after it gets the host’s spans and log records', async () => {
    const executor = await openExecutor()
    await executor.execute(REQUEST)
    expect(Reflect.get(globalThis, API)).toBeUndefined()
    expect(Reflect.get(globalThis, OLD_LOGS)).toBeUndefined()
    const host = startHost()
    trace.getTracer('host').startSpan('of the host').end()
    logs.getLogger('host').emit({ body: 'of the host' })
    await executor.close()
    trace.getTracer('host').startSpan('after close').end()
    expect(host.spans.getFinishedSpans().map(({ name }) => name)).toEqual(['of the host', 'after close'])
    expect(host.logs.getFinishedLogRecords().map(({ body }) => body)).toEqual(['of the host'])
  })

  it('with registerGlobals they lead to the outbox until close()', async () => {
    const executor = await openExecutor({ registerGlobals: true })
    trace
      .getTracer('host')
      .startSpan('taken', { attributes: { 'code_exec.execution.id': 'taken' } })
      .end()
    oldLogs.getLogger('host').emit({ eventName: 'host.old' })
    await executor.close()
    expect(spanOf('taken')).toBeDefined()
    expect(receiver.taken.map(({ eventName }) => eventName)).toContain('host.old')
    const left = Object.keys(Reflect.get(globalThis, API) ?? {})
    expect(left).toEqual(['version'])
    expect(Reflect.get(globalThis, OLD_LOGS)).toBeUndefined()
  })

  it('registerGlobals takes none that the host has set, says so, and leads the old logs to it', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const host = startHost()
    const executor = await openExecutor({ registerGlobals: true })
    oldLogs.getLogger('host').emit({ body: 'through the old global' })
    await executor.close()
    trace.getTracer('host').startSpan('after close').end()
    expect(host.spans.getFinishedSpans().map(({ name }) => name)).toEqual(['after close'])
    expect(host.logs.getFinishedLogRecords().map(({ body }) => body)).toEqual(['through the old global'])
    expect(warned.mock.calls.map(([, options]) => options)).toEqual([
      expect.objectContaining({ code: 'EXECTRAIL_GLOBALS_TAKEN' }),
    ])
    warned.mockRestore()
  })
})

function startHost(): { spans: InMemorySpanExporter; logs: InMemoryLogRecordExporter } {
  const exporters = { spans: new InMemorySpanExporter(), logs: new InMemoryLogRecordExporter() }
  const spanProcessors = [new SimpleSpanProcessor({ exporter: exporters.spans })]
  expect(trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }))).toBe(true)
  const processors = [new SimpleLogRecordProcessor({ exporter: exporters.logs })]
  expect(logs.setGlobalLoggerProvider(new LoggerProvider({ processors }))).toBe(true)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return exporters
}

describe('the parent of an execution', () => {
  it.each<[string, Partial<ExecutionRequest>]>([
    ['a traceparent', { traceparent: TRACEPARENT, tracestate: 'vendor=1' }],
    ['a context', { parent: trace.setSpanContext(ROOT_CONTEXT, PARENT) }],
  ])('is the one that %s of the request names, also inside another span', async (_, given) => {
    const executor = await openExecutor()
    startHost()
    const { executionId } = await trace
      .getTracer('host')
      .startActiveSpan('other', () => executor.execute({ ...REQUEST, ...given }))
    await executor.close()
    expect(spanOf(executionId)).toMatchObject({ traceId: TRACE_ID, parentSpanId: SPAN_ID })
  })

  it('is the active span, also where the host suppresses its own tracing', async () => {
    const executor = await openExecutor()
    startHost()
    const active = trace.setSpanContext(ROOT_CONTEXT, PARENT)
    const plain = await context.with(active, () => executor.execute(REQUEST))
    const suppressed = await context.with(suppressTracing(active), () => executor.execute(REQUEST))
    await executor.close()
    for (const { executionId } of [plain, suppressed])
      expect(spanOf(executionId)).toMatchObject({ traceId: TRACE_ID, parentSpanId: SPAN_ID })
  })

  it('is found in the globals of an older API, which the newer one does not read', async () => {
    const executor = await openExecutor()
    const active = trace.setSpanContext(ROOT_CONTEXT, PARENT)
    Reflect.set(globalThis, API, { version: '1.9.1', context: { active: () => active } })
    expect(trace.getSpanContext(context.active())).toBeUndefined()
    const { executionId, traceId } = await executor.execute(REQUEST)
    await executor.close()
    expect(traceId).toBe(TRACE_ID)
    expect(spanOf(executionId)).toMatchObject({ parentSpanId: SPAN_ID })
  })

  it('is missed with one warning that names the remedy where a foreign API cannot be read', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const executor = await openExecutor()
    Reflect.set(globalThis, API, { version: '1.2.0', context: { active: () => 'none' } })
    for (let n = 0; n < 3; n += 1) expect((await executor.execute(REQUEST)).outcome).toBe('success')
    expect(warned.mock.calls).toEqual([
      [
        expect.stringContaining('@opentelemetry/api 1.2.0'),
        expect.objectContaining({ detail: expect.stringContaining('`traceparent`') }),
      ],
    ])
    warned.mockRestore()
  })

  it.each([
    [{ traceparent: 'nonsense' }, 'traceparent'],
    [{ traceparent: 7 as unknown as string }, 'traceparent'],
    [{ traceparent: TRACEPARENT, tracestate: 'x'.repeat(10_000) }, 'tracestate'],
    [{ parent: TRACEPARENT as unknown as Context }, 'parent'],
    [{ parent: ROOT_CONTEXT, traceparent: TRACEPARENT }, 'parent'],
  ])('is refused where it is none (%#)', async (given, path) => {
    const executor = await openExecutor()
    await expect(executor.execute({ ...REQUEST, ...given })).rejects.toMatchObject({
      issues: [{ path, message: expect.any(String) }],
    })
  })
})

describe('processors given to createExecutor()', () => {
  it('get each execution once, as a span and a log record, beside the outbox', async () => {
    const spans = new InMemorySpanExporter()
    const records = new InMemoryLogRecordExporter()
    const throwing = (): never => {
      throw new Error('no')
    }
    const broken = {
      onStart: throwing,
      onEnd: throwing,
      onEmit: throwing,
      forceFlush: throwing,
      shutdown: throwing,
    }
    const executor = await openExecutor({
      spanProcessors: [broken, new SimpleSpanProcessor({ exporter: spans })],
      logRecordProcessors: [broken, new SimpleLogRecordProcessor({ exporter: records })],
    })
    const { executionId, traceId } = await executor.execute({ ...REQUEST, traceparent: TRACEPARENT })
    await executor.close()
    expect(traceId).toBe(TRACE_ID)
    const [span, ...others] = spans.getFinishedSpans()
    const [record, ...more] = records.getFinishedLogRecords()
    expect([others, more]).toEqual([[], []])
    expect(span).toMatchObject({ name: 'execute_code subprocess', parentSpanContext: { spanId: SPAN_ID } })
    expect(record).toMatchObject({
      eventName: 'code_exec.completed',
      spanContext: { traceId, spanId: span?.spanContext().spanId },
      attributes: {
        'code_exec.execution.id': executionId,
        'code_exec.outcome': 'success',
        'gen_ai.tool.name': 'run_code',
      },
    })
    const ours = receiver.taken.filter(({ id }) => id === executionId)
    expect(ours.map(({ signal, eventName }) => `${signal} ${eventName}`).toSorted()).toEqual([
      'logs code_exec.completed',
      'logs code_exec.started',
      'spans ',
    ])
    const completed = ours.find(({ eventName }) => eventName === 'code_exec.completed')
    expect(Object.keys(record?.attributes ?? {}).toSorted()).toEqual(
      Object.keys(completed?.attributes ?? {}).toSorted(),
    )
  })

  it('are not shut down: they may serve the host program too', async () => {
    const exporter = new InMemorySpanExporter()
    const processor = new SimpleSpanProcessor({ exporter })
    const shutDown = vi.spyOn(processor, 'shutdown')
    const flushed = vi.spyOn(processor, 'forceFlush')
    const executor = await openExecutor({ spanProcessors: [processor], registerGlobals: true })
    trace.getTracer('host').startSpan('of the host').end()
    await executor.close()
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['of the host'])
    expect(flushed).toHaveBeenCalled()
    expect(shutDown).not.toHaveBeenCalled()
  })
})
