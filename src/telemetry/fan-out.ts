/** The host program's own processors, which get each execution's span and completed record beside the outbox. */
import { diag, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { LoggerProvider, type LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import type { ExecutionRecord } from '../record/record.ts'
import { raceDeadline } from './delivery/waiting.ts'
import { SELF_TEST } from './foreign-records.ts'
import { SCHEMA_URL, SCOPE } from './record/otlp-json.ts'
import { COMPLETED_EVENT, recordAttributes, severityOf } from './record/serialize.ts'
import { toHrTime } from './record/time.ts'
import type { ToolCallAttributes } from './record/tool-call.ts'

/** Processors of the host program's SDK, of any version since 2.0. exectrail flushes them; their owner shuts them down. */
export interface Processors {
  spanProcessors?: readonly SpanProcessor[] | undefined
  logRecordProcessors?: readonly LogRecordProcessor[] | undefined
}

export type EmitCompletion = (record: ExecutionRecord, call: ToolCallAttributes, span: Span) => void

export interface FanOut {
  spanProcessors: readonly SpanProcessor[]
  logRecordProcessors: readonly LogRecordProcessor[]
  /** Null without processors of log records. */
  emit: EmitCompletion | null
  /** Waits for the processors, at most `deadlineMs`. */
  flush(deadlineMs: number): Promise<void>
}

/** A processor that fails costs no execution and no other processor its records. */
export function createFanOut(resource: Resource, given: Processors = {}): FanOut {
  const spanProcessors = (given.spanProcessors ?? []).map(guardSpans)
  const logRecordProcessors = (given.logRecordProcessors ?? []).map(guardLogRecords)
  const all = [...spanProcessors, ...logRecordProcessors]
  return {
    spanProcessors,
    logRecordProcessors,
    emit: logRecordProcessors.length === 0 ? null : createEmit(resource, logRecordProcessors),
    async flush(deadlineMs) {
      if (all.length === 0) return
      const flushed = Promise.all(all.map((processor) => processor.forceFlush()))
      await raceDeadline(
        flushed.then(() => undefined),
        performance.now() + deadlineMs,
      )
    },
  }
}

function createEmit(resource: Resource, processors: LogRecordProcessor[]): EmitCompletion {
  const provider = new LoggerProvider({ resource, processors })
  const logger = provider.getLogger(SCOPE, undefined, { schemaUrl: SCHEMA_URL })
  return (record, call, span) => {
    const time = toHrTime(record.timestamp)
    const severity = severityOf(record)
    logger.emit({
      eventName: COMPLETED_EVENT,
      body: COMPLETED_EVENT,
      timestamp: time,
      observedTimestamp: time,
      severityNumber: severity.number,
      severityText: severity.text,
      attributes: recordAttributes(record, call),
      context: trace.setSpan(ROOT_CONTEXT, span),
    })
  }
}

function guardSpans(processor: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, parent) => attempt(() => processor.onStart(span, parent)),
    onEnding: (span) => attempt(() => processor.onEnding?.(span)),
    onEnd(span) {
      if (span.name !== SELF_TEST) attempt(() => processor.onEnd(span))
    },
    forceFlush: () => attemptFlush(processor),
    shutdown: () => Promise.resolve(),
  }
}

function guardLogRecords(processor: LogRecordProcessor): LogRecordProcessor {
  return {
    onEmit(record, context) {
      if (record.eventName !== SELF_TEST) attempt(() => processor.onEmit(record, context))
    },
    forceFlush: () => attemptFlush(processor),
    shutdown: () => Promise.resolve(),
  }
}

function attempt(step: () => void): void {
  try {
    step()
  } catch (error) {
    diag.error('exectrail: a processor given to createExecutor() failed', error)
  }
}

async function attemptFlush(processor: Pick<SpanProcessor, 'forceFlush'>): Promise<void> {
  try {
    await processor.forceFlush()
  } catch (error) {
    diag.error('exectrail: a processor given to createExecutor() could not be flushed', error)
  }
}
