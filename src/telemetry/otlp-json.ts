/** Spans and log records of the SDK as OTLP/JSON, one at a time: what the outbox keeps and the sender joins. */
import type { AnyValue, Attributes, HrTime } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { DOUBLE_KEYS } from './attributes.ts'
import { safeNumber, TEXT_MAX_BYTES, cutMiddle } from './safe-values.ts'

const MAX_ATTRIBUTES = 128
const MAX_DEPTH = 5
const NAME_MAX = 256

/** An OTLP/JSON LogRecord. Written by hand: this is on the caller's path, and a tree of objects costs twice the time. */
export function logRecordJson(record: ReadableLogRecord): string {
  const { spanContext, severityNumber, severityText, eventName, body } = record
  const parts = [
    `"timeUnixNano":"${nanos(record.hrTime)}"`,
    `"observedTimeUnixNano":"${nanos(record.hrTimeObserved)}"`,
    `"attributes":${attributesJson(record.attributes)}`,
  ]
  if (severityNumber !== undefined) parts.push(`"severityNumber":${severityNumber}`)
  if (severityText !== undefined) parts.push(`"severityText":${nameJson(severityText)}`)
  if (eventName !== undefined) parts.push(`"eventName":${nameJson(eventName)}`)
  if (body !== undefined) parts.push(`"body":${anyValueJson(body, 0) ?? '{}'}`)
  if (record.droppedAttributesCount > 0)
    parts.push(`"droppedAttributesCount":${record.droppedAttributesCount}`)
  if (spanContext !== undefined) {
    parts.push(
      `"traceId":"${spanContext.traceId}","spanId":"${spanContext.spanId}","flags":${spanContext.traceFlags}`,
    )
  }
  return `{${parts.join(',')}}`
}

/** An OTLP/JSON Span. */
export function spanJson(span: ReadableSpan): string {
  const { traceId, spanId, traceState } = span.spanContext()
  const parent = span.parentSpanContext?.spanId
  const parts = [
    `"traceId":"${traceId}","spanId":"${spanId}"`,
    `"name":${nameJson(span.name)}`,
    // The SDK counts kinds from 0, the protocol from 1.
    `"kind":${span.kind + 1}`,
    `"startTimeUnixNano":"${nanos(span.startTime)}","endTimeUnixNano":"${nanos(span.endTime)}"`,
    `"attributes":${attributesJson(span.attributes)}`,
    `"status":${statusJson(span.status)}`,
  ]
  if (parent !== undefined) parts.push(`"parentSpanId":"${parent}"`)
  if (traceState !== undefined) parts.push(`"traceState":${nameJson(traceState.serialize())}`)
  if (span.droppedAttributesCount > 0) parts.push(`"droppedAttributesCount":${span.droppedAttributesCount}`)
  if (span.events.length > 0) parts.push(`"events":[${span.events.map(eventJson).join(',')}]`)
  if (span.links.length > 0) parts.push(`"links":[${span.links.map(linkJson).join(',')}]`)
  return `{${parts.join(',')}}`
}

function eventJson({ name, time, attributes }: ReadableSpan['events'][number]): string {
  return `{"name":${nameJson(name)},"timeUnixNano":"${nanos(time)}","attributes":${attributesJson(attributes ?? {})}}`
}

function linkJson({ context, attributes }: ReadableSpan['links'][number]): string {
  return `{"traceId":"${context.traceId}","spanId":"${context.spanId}","attributes":${attributesJson(attributes ?? {})}}`
}

function statusJson({ code, message }: ReadableSpan['status']): string {
  if (message === undefined) return `{"code":${code}}`
  return `{"code":${code},"message":${textJson(message)}}`
}

/** OTLP/JSON KeyValues; what has no value is left out, and so is what goes beyond 128. */
export function attributesJson(attributes: Attributes): string {
  const list: string[] = []
  for (const key in attributes) {
    const value = attributes[key]
    const safe = value === undefined || key === '' ? null : valueJson(key, value)
    if (safe !== null && list.length < MAX_ATTRIBUTES) list.push(`{"key":${nameJson(key)},"value":${safe}}`)
  }
  return `[${list.join(',')}]`
}

function valueJson(key: string, value: AnyValue): string | null {
  if (typeof value === 'number' && Number.isFinite(value) && DOUBLE_KEYS.has(key))
    return `{"doubleValue":${value}}`
  return anyValueJson(value, 0)
}

function anyValueJson(value: AnyValue, depth: number): string | null {
  if (typeof value === 'string') return `{"stringValue":${textJson(value)}}`
  if (typeof value === 'boolean') return `{"boolValue":${value}}`
  if (typeof value === 'number') return numberJson(value)
  if (value === null || value === undefined || depth >= MAX_DEPTH) return null
  if (value instanceof Uint8Array) {
    return `{"bytesValue":"${Buffer.from(value.subarray(0, TEXT_MAX_BYTES)).toString('base64')}"}`
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ATTRIBUTES).map((item) => anyValueJson(item, depth + 1))
    return `{"arrayValue":{"values":[${items.filter((item) => item !== null).join(',')}]}}`
  }
  const pairs = Object.entries(value)
    .slice(0, MAX_ATTRIBUTES)
    .map(([key, item]) => ({ key, json: anyValueJson(item, depth + 1) }))
    .filter(({ json }) => json !== null)
  return `{"kvlistValue":{"values":[${pairs.map(({ key, json }) => `{"key":${nameJson(key)},"value":${json}}`).join(',')}]}}`
}

function numberJson(value: number): string {
  if (Number.isSafeInteger(value)) return `{"intValue":"${value}"}`
  return safeNumber(value) === null ? `{"stringValue":"${value}"}` : `{"doubleValue":${value}}`
}

function textJson(text: string): string {
  return JSON.stringify(cutMiddle(text, TEXT_MAX_BYTES))
}

function nameJson(name: string): string {
  return JSON.stringify(
    name.length <= NAME_MAX && name.isWellFormed()
      ? name
      : name.toWellFormed().slice(0, NAME_MAX).toWellFormed(),
  )
}

function nanos([seconds, nanoseconds]: HrTime): string {
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`
}
