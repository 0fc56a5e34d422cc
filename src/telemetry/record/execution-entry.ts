import {
  SeverityNumber,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Context,
  type Logger,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import type { ExecutionRecord, StartedRecord } from '../../execution.ts'
import type { Counters } from '../counters.ts'
import { WRITTEN_ATTRIBUTES } from './otlp-json.ts'
import type { Taken } from '../captured-record.ts'
import {
  COMPLETED_EVENT,
  exceptionType,
  joinFields,
  severityOf,
  spanAttributes,
  STARTED_EVENT,
  secondsBetween,
  toHrTime,
  writeBeginning,
  writeCompletion,
  type Beginning,
} from './serialize.ts'
import type { Recorder } from '../outbox/recorder.ts'
import { cutHead } from '../safe-values.ts'
import { toolCallAttributes, type ToolCallAttributes } from './tool-call.ts'
import type { ToolCallDurations } from '../tool-call-durations.ts'
import type { TrailEntry } from '../trail.ts'

export interface EntryParts {
  tracer: Tracer
  logger: Logger
  recorder: Recorder
  counters: Counters
  durations: ToolCallDurations | undefined
  /** What the caller calls the tool. */
  toolName: string | undefined
  /** The caller's active context, parent of the span. */
  parent: Context
}

const EXCEPTION_MAX_BYTES = 4096
/** Where a crash's span finds its parent; on the beginning in the outbox alone. */
export const PARENT_KEY = 'code_exec.parent_span_id'

/** The span of one execution, and its beginning and end in the outbox. */
export class ExecutionEntry implements TrailEntry {
  readonly traceId: string
  readonly spanId: string
  readonly traceparent: string
  readonly #parts: EntryParts
  readonly #span: Span
  readonly #context: Context
  readonly #call: ToolCallAttributes
  readonly #beginning: Beginning
  #isEnded = false

  constructor(record: StartedRecord, parts: EntryParts) {
    this.#parts = parts
    this.#call = toolCallAttributes(record, parts.toolName)
    const options = {
      kind: SpanKind.INTERNAL,
      startTime: toHrTime(record.startedAt),
      attributes: { ...spanAttributes(record, 'start'), ...this.#call },
    }
    this.#span = parts.tracer.startSpan(`execute_code ${record.runtime}`, options, parts.parent)
    this.#context = trace.setSpan(parts.parent, this.#span)
    const { traceId, spanId } = this.#span.spanContext()
    this.traceId = traceId
    this.spanId = spanId
    this.traceparent = `00-${traceId}-${spanId}-0${TraceFlags.SAMPLED}`
    parts.counters.begun += 1
    this.#beginning = writeBeginning(record, this.#call)
    this.#keepBeginning()
  }

  complete(record: ExecutionRecord): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const { recorder, counters, durations } = this.#parts
    counters.completed += 1
    durations?.record(secondsBetween(record.startedAt, record.timestamp), this.#call, record.errorType)
    const taken = recorder.gather(() => this.#emitEnd(record))
    const first = taken.find(({ signal }) => signal === 'logs')?.json ?? ''
    const second = taken.find(({ signal }) => signal === 'spans')?.json ?? ''
    recorder.write([{ kind: 'C', executionId: record.executionId, first, second }])
  }

  #keepBeginning(): void {
    const { recorder, parent } = this.#parts
    const { record, event, content, call } = this.#beginning
    const taken: Taken[] = recorder.gather(() =>
      this.#emit(STARTED_EVENT, {
        timestamp: toHrTime(record.startedAt),
        severity: { number: SeverityNumber.INFO, text: 'INFO' },
        attributes: joinFields(event, call),
      }),
    )
    const first = taken[0]?.json ?? ''
    // What an adopter needs beyond the started event.
    const parentSpanId = trace.getSpanContext(parent)?.spanId
    const parentField =
      parentSpanId === undefined ? '' : `{"key":"${PARENT_KEY}","value":{"stringValue":"${parentSpanId}"}}`
    const second = `[${joinFields(content, parentField)}]`
    recorder.write([{ kind: 'B', executionId: record.executionId, first, second }])
  }

  #emitEnd(record: ExecutionRecord): void {
    const timestamp = toHrTime(record.timestamp)
    const isGood = record.outcome === 'success'
    const type = { key: 'exception.type', value: { stringValue: exceptionType(record) } }
    const attributes = writeCompletion(record, this.#beginning)
    this.#emit(COMPLETED_EVENT, {
      timestamp,
      severity: severityOf(record),
      attributes: isGood ? attributes : joinFields(attributes, JSON.stringify(type)),
    })
    this.#span.setAttributes(spanAttributes(record, 'end'))
    if (!isGood) this.#failSpan(record, timestamp)
    this.#span.end(timestamp)
  }

  #emit(
    eventName: string,
    event: {
      timestamp: [number, number]
      severity: { number: SeverityNumber; text: string }
      attributes: string
    },
  ): void {
    const { timestamp, severity, attributes } = event
    this.#parts.logger.emit({
      eventName,
      body: eventName,
      timestamp,
      observedTimestamp: timestamp,
      severityNumber: severity.number,
      severityText: severity.text,
      context: this.#context.setValue(WRITTEN_ATTRIBUTES, attributes),
    })
  }

  /** SigNoz lists exceptions from span events alone, so the log's exception is on the span as well. */
  #failSpan(record: ExecutionRecord, time: [number, number]): void {
    const message = cutHead(record.errorMessage ?? record.outcome, EXCEPTION_MAX_BYTES)
    const stack = record.errorStack === null ? {} : { stack: cutHead(record.errorStack, EXCEPTION_MAX_BYTES) }
    this.#span.recordException({ name: exceptionType(record), message, ...stack }, time)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
  }
}
