/** Spans and log records of the SDK as OTLP/JSON, one at a time: what the outbox keeps and the sender joins. */
import type { AnyValue, Attributes, HrTime } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { DOUBLE_KEYS } from './attributes.ts'
import { safeNumber, TEXT_MAX_BYTES, cutMiddle } from './safe-values.ts'

const MAX_ATTRIBUTES = 128
const MAX_DEPTH = 5
const NAME_MAX = 256

/** An OTLP/JSON LogRecord. */
export function logRecordJson(record: ReadableLogRecord): string {
  const { spanContext } = record
  return JSON.stringify({
    timeUnixNano: nanos(record.hrTime),
    observedTimeUnixNano: nanos(record.hrTimeObserved),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    eventName: record.eventName?.toWellFormed().slice(0, NAME_MAX),
    body: record.body === undefined ? undefined : anyValue(record.body, 0),
    attributes: keyValues(record.attributes),
    droppedAttributesCount: record.droppedAttributesCount,
    traceId: spanContext?.traceId,
    spanId: spanContext?.spanId,
    flags: spanContext?.traceFlags,
  })
}

/** An OTLP/JSON Span. */
export function spanJson(span: ReadableSpan): string {
  const { traceId, spanId, traceState } = span.spanContext()
  return JSON.stringify({
    traceId,
    spanId,
    traceState: traceState?.serialize(),
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name.toWellFormed().slice(0, NAME_MAX),
    // The SDK counts kinds from 0, the protocol from 1.
    kind: span.kind + 1,
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    attributes: keyValues(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: nanos(event.time),
      attributes: keyValues(event.attributes ?? {}),
    })),
    links: span.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: keyValues(attributes ?? {}),
    })),
    status: { code: span.status.code, message: span.status.message?.toWellFormed() },
  })
}

/** OTLP/JSON KeyValues; what has no value is left out, and so is what goes beyond 128. */
export function keyValues(attributes: Attributes): { key: string; value: unknown }[] {
  const list: { key: string; value: unknown }[] = []
  for (const [key, value] of Object.entries(attributes)) {
    const safe = value === undefined || key === '' ? null : valueOf(key, value)
    if (safe !== null && list.length < MAX_ATTRIBUTES)
      list.push({ key: key.toWellFormed().slice(0, NAME_MAX), value: safe })
  }
  return list
}

function valueOf(key: string, value: AnyValue): unknown {
  if (typeof value === 'number' && Number.isFinite(value) && DOUBLE_KEYS.has(key))
    return { doubleValue: value }
  return anyValue(value, 0)
}

function anyValue(value: AnyValue, depth: number): unknown {
  if (typeof value === 'string') return { stringValue: cutMiddle(value, TEXT_MAX_BYTES) }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return numberValue(value)
  if (value === null || value === undefined || depth >= MAX_DEPTH) return null
  if (value instanceof Uint8Array)
    return { bytesValue: Buffer.from(value.subarray(0, TEXT_MAX_BYTES)).toString('base64') }
  if (Array.isArray(value))
    return {
      arrayValue: {
        values: value
          .slice(0, MAX_ATTRIBUTES)
          .map((item) => anyValue(item, depth + 1))
          .filter((item) => item !== null),
      },
    }
  const values = Object.entries(value).map(([key, item]) => ({
    key: key.toWellFormed(),
    value: anyValue(item, depth + 1),
  }))
  return { kvlistValue: { values: values.slice(0, MAX_ATTRIBUTES).filter((item) => item.value !== null) } }
}

function numberValue(value: number): unknown {
  if (Number.isSafeInteger(value)) return { intValue: `${value}` }
  return safeNumber(value) === null ? { stringValue: `${value}` } : { doubleValue: value }
}

function nanos([seconds, nanoseconds]: HrTime): string {
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`
}
