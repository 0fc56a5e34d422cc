/** Our own tracer and logger providers, and the globals that lead to them. */
import { logs, trace, type Logger, type Tracer } from '@opentelemetry/api'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import type { Resource } from '@opentelemetry/resources'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { ExectrailError } from '../errors.ts'
import { outboxLogRecordProcessor, outboxSpanProcessor, SELF_TEST_EVENT, type Sink } from './processors.ts'

const SCOPE = 'exectrail'
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.37.0'

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
  // Every execution leaves its span, whatever the caller's own sampling decided.
  const sampler = new AlwaysOnSampler()
  const tracerProvider = new TracerProvider({
    resource,
    sampler,
    spanProcessors: [outboxSpanProcessor(sink)],
  })
  let passed = 0
  const counting: Sink = { take: (entry) => sink.take(entry), passed: () => (passed += 1) }
  const loggerProvider = new LoggerProvider({ resource, processors: [outboxLogRecordProcessor(counting)] })
  const ownsTrace = trace.setGlobalTracerProvider(tracerProvider)
  const ownsLogs = logs.setGlobalLoggerProvider(loggerProvider)
  const ownsOldLogs = oldLogs.setGlobalLoggerProvider(loggerProvider) === loggerProvider
  const probe = { eventName: SELF_TEST_EVENT, body: SELF_TEST_EVENT }
  loggerProvider.getLogger(SCOPE).emit(probe)
  if (ownsLogs) logs.getLogger(SCOPE).emit(probe)
  if (ownsOldLogs) oldLogs.getLogger(SCOPE).emit(probe)
  const expected = 1 + Number(ownsLogs) + Number(ownsOldLogs)
  if (passed !== expected) throw selfTestError(passed, expected)
  return {
    tracer: tracerProvider.getTracer(SCOPE, undefined, { schemaUrl: SCHEMA_URL }),
    logger: loggerProvider.getLogger(SCOPE, undefined, { schemaUrl: SCHEMA_URL }),
    release() {
      if (ownsTrace) trace.disable()
      if (ownsLogs) logs.disable()
      if (ownsOldLogs) oldLogs.disable()
    },
  }
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
