/** Two ways to record executions: ours, and the OpenTelemetry SDK's own batch processors with their defaults. */
import { SpanKind, trace, ROOT_CONTEXT, type Attributes } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { v7 as uuidv7 } from 'uuid'
import type { ExecutionRecord } from '../../src/execution.ts'
import { ATTRIBUTE_FIELDS, fieldOf } from '../../src/record/record.ts'
import { createTrail, type TrailOptions } from '../../src/telemetry/create-trail.ts'
import { Metrics } from '../../src/telemetry/metrics/metrics.ts'
import { ToolCallDurations } from '../../src/telemetry/metrics/tool-call-durations.ts'
import type { TrailStatus } from '../../src/telemetry/trail.ts'

export interface Recorder {
  /** Records one execution: its beginning, its end, its span. */
  record(execution: ExecutionRecord): void
  /** Delivers what is left. */
  /** What is not sent within `deadlineMs` is left. */
  close(deadlineMs: number): Promise<void>
}

/** Our trail in `home`, sending to `url`, which may be null for nowhere and may change. */
export async function ourRecorder(
  home: string,
  url: () => string | null,
  more: Partial<TrailOptions> = {},
): Promise<Recorder & { flush(deadlineMs: number): Promise<number>; status(): TrailStatus }> {
  const instance = { serviceName: 'bench', executorId: uuidv7() }
  const trail = await createTrail({
    home,
    ...instance,
    outboxMaxBytes: 16 * 1024 ** 3,
    durations: new ToolCallDurations(new Metrics(instance).meter),
    resolveEndpoint: async () => {
      const at = url()
      return at === null ? null : { url: at, headers: {} }
    },
    ...more,
  })
  return {
    record: (execution) => trail.begin(execution).complete(execution),
    flush: async (deadlineMs) => (await trail.flush(deadlineMs)).left,
    status: () => trail.status(),
    close: async (deadlineMs) => void (await trail.shutdown(deadlineMs)),
  }
}

/** The SDK with its batch processors as they come; the same fields, on one span and one log record. */
export function plainRecorder(url: string): Recorder {
  const tracers = new TracerProvider({
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${url}/v1/traces` }) }),
    ],
  })
  const loggers = new LoggerProvider({
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${url}/v1/logs` }) })],
  })
  const tracer = tracers.getTracer('bench')
  const logger = loggers.getLogger('bench')
  return {
    record(execution) {
      const { all, few } = attributesOf(execution)
      const span = tracer.startSpan('execute_code subprocess', { kind: SpanKind.INTERNAL }, ROOT_CONTEXT)
      const context = trace.setSpan(ROOT_CONTEXT, span)
      logger.emit({ eventName: 'code_exec.completed', attributes: all, context })
      span.setAttributes(few)
      span.end()
    },
    async close() {
      await Promise.allSettled([tracers.shutdown(), loggers.shutdown()])
    },
  }
}

function attributesOf(execution: ExecutionRecord): { all: Attributes; few: Attributes } {
  const all: Attributes = {}
  const few: Attributes = {}
  for (const field of ATTRIBUTE_FIELDS) {
    const value = execution[field]
    if (value === null) continue
    const { attribute, onSpan } = fieldOf(field)
    if (attribute === undefined) continue
    all[attribute] = value
    if (onSpan === true) few[attribute] = value
  }
  return { all, few }
}
