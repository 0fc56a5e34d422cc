/**
 * Our own tracer and logger providers, and the globals that lead to them. `@opentelemetry/sdk-node` would make
 * the same providers, but takes 1.5 s to load, in a command that runs a program in a tenth of that, and keeps
 * them to itself: no way to see whether one of its providers flushed, nor to bridge the old logs global.
 */
import { context, logs, propagation, trace, type Logger, type Tracer } from '@opentelemetry/api'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { ExectrailError } from '../errors.ts'
import { SCHEMA_URL, SCOPE } from './record/otlp-json.ts'
import {
  outboxLogRecordProcessor,
  outboxSpanProcessor,
  SELF_TEST_EVENT,
  type Sink,
} from './captured-record.ts'

export interface Providers {
  tracer: Tracer
  logger: Logger
  /** Takes our providers out of the globals they were set in. */
  release(): void
}

/**
 * Makes the providers and sets each global that nobody has set: those of `@opentelemetry/api` and the old one
 * of `@opentelemetry/api-logs`, which SDK 3 no longer looks at.
 * @throws {ExectrailError} when a record through a global that is ours does not reach the outbox
 */
export function startProviders(resource: Resource, sink: Sink): Providers {
  let passed = 0
  const counting: Sink = { take: (taken) => sink.take(taken), passed: () => (passed += 1) }
  const tracerProvider = new TracerProvider({
    resource,
    // Every execution leaves its span, whatever the caller's own sampling decided.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [outboxSpanProcessor(counting)],
  })
  const loggerProvider = new LoggerProvider({ resource, processors: [outboxLogRecordProcessor(counting)] })
  const globals = setGlobals(tracerProvider, loggerProvider)
  for (const probe of globals.probes) probe()
  if (passed !== globals.probes.length) {
    globals.release()
    throw selfTestError(passed, globals.probes.length)
  }
  return {
    tracer: tracerProvider.getTracer(SCOPE, undefined, { schemaUrl: SCHEMA_URL }),
    logger: loggerProvider.getLogger(SCOPE, undefined, { schemaUrl: SCHEMA_URL }),
    release: () => globals.release(),
  }
}

interface Globals {
  /** Each sends one record another way: straight, and through every global that is ours. */
  probes: (() => void)[]
  release(): void
}

const PROBE = { eventName: SELF_TEST_EVENT, body: SELF_TEST_EVENT }

function setGlobals(tracerProvider: TracerProvider, loggerProvider: LoggerProvider): Globals {
  const probes = [() => loggerProvider.getLogger(SCOPE).emit(PROBE)]
  const undo: (() => void)[] = []
  if (trace.setGlobalTracerProvider(tracerProvider)) {
    undo.push(() => trace.disable())
    probes.push(() => trace.getTracer(SCOPE).startSpan(SELF_TEST_EVENT, { root: true }).end())
  }
  if (logs.setGlobalLoggerProvider(loggerProvider)) {
    undo.push(() => logs.disable())
    probes.push(() => logs.getLogger(SCOPE).emit(PROBE))
  }
  if (oldLogs.setGlobalLoggerProvider(loggerProvider) === loggerProvider) {
    undo.push(() => oldLogs.disable())
    probes.push(() => oldLogs.getLogger(SCOPE).emit(PROBE))
  }
  keepContexts()
  return {
    probes,
    release() {
      for (const step of undo.splice(0)) step()
    },
  }
}

/**
 * Makes a caller's span last over `await`, so that it is the parent of what is executed. Stays for the life of
 * the process, since another trail may rely on it; a host that has done it already keeps its own.
 */
function keepContexts(): void {
  const manager = new AsyncLocalStorageContextManager().enable()
  if (!context.setGlobalContextManager(manager)) manager.disable()
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
}

function selfTestError(passed: number, expected: number): ExectrailError {
  return new ExectrailError(
    'invalid_config',
    `telemetry does not work: ${passed} of ${expected} test records reached the outbox`,
    {
      hint: 'Two versions of the OpenTelemetry packages are installed beside each other: `npm ls @opentelemetry/api` shows them.',
    },
  )
}
