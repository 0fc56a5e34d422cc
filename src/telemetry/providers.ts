/**
 * Providers for the spans and log records of the host program, and the globals that lead to them.
 * `@opentelemetry/sdk-node` would make the same providers, but takes 1.5 s to load, in a command that runs a program
 * in a tenth of that, and does not bridge the old logs global.
 */
import { logs, propagation, trace } from '@opentelemetry/api'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { ExectrailError } from '../errors.ts'
import {
  capturingLogRecordProcessor,
  capturingSpanProcessor,
  type Capture,
  type CapturedRecord,
} from './foreign-records.ts'
import { SCOPE } from './record/otlp-json.ts'
import { enableTraceContext } from './trace-context.ts'

/** Emitted once through each global, to see that a record arrives; it goes no further. */
const SELF_TEST = 'exectrail.self_test'
const PROBE = { eventName: SELF_TEST, body: SELF_TEST }

/**
 * Makes the providers and sets each global that is not set yet: those of `@opentelemetry/api` and the old one of
 * `@opentelemetry/api-logs`, which SDK 3 no longer reads. Returns what takes them out of the globals again.
 * @throws {ExectrailError} when a record through a global that is ours does not arrive
 */
export function registerProviders(resource: Resource, take: (record: CapturedRecord) => void): () => void {
  let arrived = 0
  const capture: Capture = (record, name) => {
    if (name === SELF_TEST) arrived += 1
    else take(record)
  }
  const tracerProvider = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [capturingSpanProcessor(capture)],
  })
  const loggerProvider = new LoggerProvider({ resource, processors: [capturingLogRecordProcessor(capture)] })
  const { probes, release } = setGlobals(tracerProvider, loggerProvider)
  for (const probe of probes) probe()
  if (arrived === probes.length) return release
  release()
  throw new ExectrailError(
    'invalid_config',
    `telemetry does not work: ${arrived} of ${probes.length} test records reached the outbox`,
    {
      hint: 'Two versions of the OpenTelemetry packages are installed beside each other: `npm ls @opentelemetry/api` shows them.',
    },
  )
}

interface Globals {
  /** Each sends one record another way: straight, and through every global that is ours. */
  probes: (() => void)[]
  release: () => void
}

function setGlobals(tracerProvider: TracerProvider, loggerProvider: LoggerProvider): Globals {
  const probes = [() => loggerProvider.getLogger(SCOPE).emit(PROBE)]
  const undo: (() => void)[] = []
  if (trace.setGlobalTracerProvider(tracerProvider)) {
    undo.push(() => trace.disable())
    probes.push(() => trace.getTracer(SCOPE).startSpan(SELF_TEST, { root: true }).end())
  }
  if (logs.setGlobalLoggerProvider(loggerProvider)) {
    undo.push(() => logs.disable())
    probes.push(() => logs.getLogger(SCOPE).emit(PROBE))
  }
  if (oldLogs.setGlobalLoggerProvider(loggerProvider) === loggerProvider) {
    undo.push(() => oldLogs.disable())
    probes.push(() => oldLogs.getLogger(SCOPE).emit(PROBE))
  }
  enableTraceContext()
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  return {
    probes,
    release() {
      for (const step of undo.splice(0)) step()
    },
  }
}
