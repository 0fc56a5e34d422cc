/** One execution on its way into the outbox: its start, then its completed record and its span. */
import { SpanKind, SpanStatusCode, TraceFlags, trace, type Context, type Span } from '@opentelemetry/api'
import type { ExecutionRecord, StartedRecord } from '../../record/record.ts'
import type { Counters } from '../counters.ts'
import type { Recorder } from '../outbox/recorder.ts'
import { cutHead } from '../safe-values.ts'
import type { ToolCallDurations } from '../metrics/tool-call-durations.ts'
import type { TrailEntry } from '../trail.ts'
import type { EmitCompletion } from '../fan-out.ts'
import type { ExecutionTracer } from './execution-tracer.ts'
import { executionEventJson } from './otlp-json.ts'
import {
  COMPLETED_EVENT,
  exceptionType,
  INFO,
  joinKeyValues,
  serializeCompletion,
  serializeStart,
  severityOf,
  spanAttributes,
  STARTED_EVENT,
  textKeyValue,
  type SerializedStart,
} from './serialize.ts'
import { secondsBetween, toHrTime } from './time.ts'
import { toolCallAttributes, type ToolCallAttributes } from './tool-call.ts'

export interface EntryParts {
  tracer: ExecutionTracer
  recorder: Recorder
  counters: Counters
  durations: ToolCallDurations | undefined
  /** Hands the completed record to the host program's own processors; null without any. */
  emit: EmitCompletion | null
  /** What the caller calls the tool. */
  toolName: string | undefined
  /** The caller's active context, parent of the span. */
  parent: Context
}

const EXCEPTION_MAX_BYTES = 4096
/** The span's parent, for the process that completes a crashed execution; only in the outbox. */
export const PARENT_KEY = 'code_exec.parent_span_id'

export class ExecutionEntry implements TrailEntry {
  readonly traceId: string
  readonly spanId: string
  readonly traceparent: string
  readonly #parts: EntryParts
  readonly #span: Span
  readonly #call: ToolCallAttributes
  readonly #start: SerializedStart
  #isEnded = false

  constructor(record: StartedRecord, parts: EntryParts) {
    this.#parts = parts
    this.#call = toolCallAttributes(record, parts.toolName)
    const options = {
      kind: SpanKind.INTERNAL,
      startTime: toHrTime(record.startedAt),
      attributes: { ...spanAttributes(record, 'start'), ...this.#call },
    }
    this.#span = parts.tracer.start(`execute_code ${record.runtime}`, options, parts.parent)
    const { traceId, spanId } = this.#span.spanContext()
    this.traceId = traceId
    this.spanId = spanId
    this.traceparent = `00-${traceId}-${spanId}-0${TraceFlags.SAMPLED}`
    parts.counters.begun += 1
    this.#start = serializeStart(record, this.#call)
    this.#writeStart()
  }

  complete(record: ExecutionRecord): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const { recorder, counters, durations, emit } = this.#parts
    counters.completed += 1
    durations?.record(secondsBetween(record.startedAt, record.timestamp), this.#call, record.errorType)
    const first = this.#completedJson(record)
    recorder.write([{ kind: 'C', executionId: record.executionId, first, second: this.#endSpan(record) }])
    emit?.(record, this.#call, this.#span)
  }

  #writeStart(): void {
    const { recorder, parent } = this.#parts
    const { record, event, content, call } = this.#start
    const first = executionEventJson({
      ...this.#spanContext,
      name: STARTED_EVENT,
      time: toHrTime(record.startedAt),
      severity: INFO,
      attributes: joinKeyValues(event, call),
    })
    // What the completion of a crashed execution needs beyond the event.
    const parentSpanId = trace.getSpanContext(parent)?.spanId
    const parentField = parentSpanId === undefined ? '' : textKeyValue([PARENT_KEY, parentSpanId])
    const second = `[${joinKeyValues(content, parentField)}]`
    recorder.write([{ kind: 'B', executionId: record.executionId, first, second }])
  }

  #completedJson(record: ExecutionRecord): string {
    const exception =
      record.outcome === 'success' ? '' : textKeyValue(['exception.type', exceptionType(record)])
    return executionEventJson({
      ...this.#spanContext,
      name: COMPLETED_EVENT,
      time: toHrTime(record.timestamp),
      severity: severityOf(record),
      attributes: joinKeyValues(serializeCompletion(record, this.#start), exception),
    })
  }

  #endSpan(record: ExecutionRecord): string {
    const time = toHrTime(record.timestamp)
    this.#span.setAttributes(spanAttributes(record, 'end'))
    if (record.outcome !== 'success') this.#failSpan(record, time)
    return this.#parts.tracer.end(this.#span, time)
  }

  /** SigNoz lists exceptions only from span events, so the log's exception is on the span as well. */
  #failSpan(record: ExecutionRecord, time: [number, number]): void {
    const message = cutHead(record.errorMessage ?? record.outcome, EXCEPTION_MAX_BYTES)
    const stack = record.errorStack === null ? {} : { stack: cutHead(record.errorStack, EXCEPTION_MAX_BYTES) }
    this.#span.recordException({ name: exceptionType(record), message, ...stack }, time)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
  }

  get #spanContext(): { traceId: string; spanId: string } {
    return { traceId: this.traceId, spanId: this.spanId }
  }
}
