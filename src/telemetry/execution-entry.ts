import {
  SeverityNumber,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Attributes,
  type Context,
  type Logger,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import type { ExecutionRecord, StartedRecord } from '../execution.ts'
import type { Counters } from './counters.ts'
import {
  attributesOf,
  COMPLETED_EVENT,
  exceptionType,
  severityOf,
  STARTED_EVENT,
  toHrTime,
} from './record.ts'
import type { Recorder } from './recorder.ts'
import { cutHead } from './safe-values.ts'
import type { TrailEntry } from './trail.ts'

interface EntryParts {
  tracer: Tracer
  logger: Logger
  recorder: Recorder
  counters: Counters
  /** The caller's active context, parent of the span. */
  parent: Context
  parentSpanId: string | undefined
}

const EXCEPTION_MAX_BYTES = 4096

/** The span of one execution, and its beginning and end in the outbox. */
export class ExecutionEntry implements TrailEntry {
  readonly traceId: string
  readonly spanId: string
  readonly traceparent: string
  readonly #parts: EntryParts
  readonly #span: Span
  readonly #context: Context
  #isKept: boolean
  #isEnded = false

  constructor(record: StartedRecord, parts: EntryParts) {
    this.#parts = parts
    const attributes = attributesOf(record)
    const options = {
      kind: SpanKind.INTERNAL,
      startTime: toHrTime(record.startedAt),
      attributes: attributes.span,
    }
    this.#span = parts.tracer.startSpan(`execute_code ${record.runtime}`, options, parts.parent)
    this.#context = trace.setSpan(parts.parent, this.#span)
    const { traceId, spanId } = this.#span.spanContext()
    this.traceId = traceId
    this.spanId = spanId
    this.traceparent = `00-${traceId}-${spanId}-0${TraceFlags.SAMPLED}`
    parts.counters.begun += 1
    this.#isKept = this.#writeBeginning(record, attributes.log)
  }

  complete(record: ExecutionRecord): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const { recorder, counters } = this.#parts
    counters.completed += 1
    const entries = recorder.gather(() => this.#emitEnd(record))
    if (!this.#isKept && recorder.isFull) return
    recorder.write([...entries, { kind: 'E', executionId: record.executionId, json: '' }])
  }

  #writeBeginning(record: StartedRecord, log: Attributes): boolean {
    const { recorder, logger, parentSpanId } = this.#parts
    const attributes = parentSpanId === undefined ? log : { ...log, 'code_exec.parent_span_id': parentSpanId }
    const timestamp = toHrTime(record.startedAt)
    const entries = recorder.gather(() =>
      logger.emit({
        eventName: STARTED_EVENT,
        body: STARTED_EVENT,
        timestamp,
        observedTimestamp: timestamp,
        severityNumber: SeverityNumber.INFO,
        severityText: 'INFO',
        attributes,
        context: this.#context,
      }),
    )
    if (!recorder.isFull)
      return recorder.write(entries.map(({ json }) => ({ kind: 'B', executionId: record.executionId, json })))
    recorder.drop('the bound of the outbox is reached')
    return false
  }

  #emitEnd(record: ExecutionRecord): void {
    const { logger } = this.#parts
    const { log, span } = attributesOf(record)
    const timestamp = toHrTime(record.timestamp)
    const severity = severityOf(record)
    if (record.outcome !== 'success') log['exception.type'] = exceptionType(record)
    logger.emit({
      eventName: COMPLETED_EVENT,
      body: COMPLETED_EVENT,
      timestamp,
      observedTimestamp: timestamp,
      severityNumber: severity.number,
      severityText: severity.text,
      attributes: log,
      context: this.#context,
    })
    this.#span.setAttributes(span)
    if (record.outcome !== 'success') this.#failSpan(record, timestamp)
    this.#span.end(timestamp)
  }

  /** SigNoz lists exceptions from span events alone, so the log's exception is on the span as well. */
  #failSpan(record: ExecutionRecord, time: [number, number]): void {
    const message = cutHead(record.errorMessage ?? record.outcome, EXCEPTION_MAX_BYTES)
    const stack = record.errorStack === null ? {} : { stack: cutHead(record.errorStack, EXCEPTION_MAX_BYTES) }
    this.#span.recordException({ name: exceptionType(record), message, ...stack }, time)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
  }
}
