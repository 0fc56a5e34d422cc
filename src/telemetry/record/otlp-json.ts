/** Spans and log records as OTLP/JSON, one at a time: what the outbox keeps and the sender joins. */
import { TraceFlags, type Attributes, type HrTime } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { FIELDS } from '../../record/fields.ts'
import { ATTRIBUTE_FIELDS } from '../../record/record.ts'
import { cutMiddle, safeKey, TEXT_MAX_BYTES } from '../safe-values.ts'
import type { Severity } from './serialize.ts'
import { nanosOf } from './time.ts'

const MAX_ATTRIBUTES = 128
const MAX_DEPTH = 5
/** Keys that are always sent as doubles, also when the value happens to be whole. */
const DOUBLE_KEYS: ReadonlySet<string> = new Set(
  ATTRIBUTE_FIELDS.map((name) => FIELDS[name])
    .filter(({ type }) => type === 'double')
    .map(({ attribute }) => attribute),
)

/** Instrumentation scope of executions, and the conventions its attributes follow. */
export const SCOPE = 'exectrail'
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.37.0'

/** Members of an OTLP/JSON ScopeLogs or ScopeSpans that name the scope, without braces. */
export function scopeJson({ name, version, schemaUrl }: InstrumentationScope): string {
  const scope = JSON.stringify({ name: safeKey(name), version: version?.toWellFormed() })
  return `"scope":${scope}${schemaUrl === undefined ? '' : `,"schemaUrl":${JSON.stringify(schemaUrl.toWellFormed())}`}`
}

export const EXECTRAIL_SCOPE = scopeJson({ name: SCOPE, schemaUrl: SCHEMA_URL })

/** An event of an execution. */
export interface ExecutionEvent {
  name: string
  time: HrTime
  severity: Severity
  traceId: string
  spanId: string
  /** OTLP/JSON KeyValues without brackets: the SDK's own handling of fifty attributes would cost more than all the rest. */
  attributes: string
}

/** An OTLP/JSON LogRecord of an execution. A template: this is on the caller's path, and a tree of objects costs twice the time. */
export function executionEventJson({
  name,
  time,
  severity,
  traceId,
  spanId,
  attributes,
}: ExecutionEvent): string {
  const at = nanosOf(time)
  return `{"timeUnixNano":"${at}","observedTimeUnixNano":"${at}","severityNumber":${severity.number},"severityText":"${severity.text}","eventName":"${name}","body":{"stringValue":"${name}"},"traceId":"${traceId}","spanId":"${spanId}","flags":${TraceFlags.SAMPLED},"attributes":[${attributes}]}`
}

/** An OTLP/JSON LogRecord of the host program. */
export function logRecordJson(record: ReadableLogRecord): string {
  const { spanContext, severityNumber, severityText, eventName, body } = record
  let json = `{"timeUnixNano":"${nanosOf(record.hrTime)}","observedTimeUnixNano":"${nanosOf(record.hrTimeObserved)}"`
  if (severityNumber !== undefined) json += `,"severityNumber":${severityNumber}`
  if (severityText !== undefined) json += `,"severityText":${nameJson(severityText)}`
  if (eventName !== undefined) json += `,"eventName":${nameJson(eventName)}`
  if (body !== undefined) json += `,"body":${anyValueJson(body, 0) ?? '{}'}`
  if (record.droppedAttributesCount > 0) json += `,"droppedAttributesCount":${record.droppedAttributesCount}`
  if (spanContext !== undefined) {
    const { traceId, spanId, traceFlags } = spanContext
    json += `,"traceId":"${traceId}","spanId":"${spanId}","flags":${traceFlags}`
  }
  return `${json},"attributes":${attributesJson(record.attributes)}}`
}

/** An OTLP/JSON Span. */
export function spanJson(span: ReadableSpan): string {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext()
  const parent = span.parentSpanContext?.spanId
  const parts = [
    `"traceId":"${traceId}","spanId":"${spanId}","flags":${traceFlags}`,
    `"name":${nameJson(span.name)}`,
    // The SDK counts kinds from 0, the protocol from 1.
    `"kind":${span.kind + 1}`,
    `"startTimeUnixNano":"${nanosOf(span.startTime)}","endTimeUnixNano":"${nanosOf(span.endTime)}"`,
    `"attributes":${attributesJson(span.attributes)}`,
    `"status":${statusJson(span.status)}`,
  ]
  if (parent !== undefined) parts.push(`"parentSpanId":"${parent}"`)
  if (traceState !== undefined)
    parts.push(`"traceState":${JSON.stringify(traceState.serialize().toWellFormed())}`)
  if (span.droppedAttributesCount > 0) parts.push(`"droppedAttributesCount":${span.droppedAttributesCount}`)
  if (span.events.length > 0) parts.push(`"events":[${span.events.map(eventJson).join(',')}]`)
  if (span.links.length > 0) parts.push(`"links":[${span.links.map(linkJson).join(',')}]`)
  return `{${parts.join(',')}}`
}

function eventJson({ name, time, attributes }: ReadableSpan['events'][number]): string {
  return `{"name":${nameJson(name)},"timeUnixNano":"${nanosOf(time)}","attributes":${attributesJson(attributes ?? {})}}`
}

function linkJson({ context, attributes }: ReadableSpan['links'][number]): string {
  return `{"traceId":"${context.traceId}","spanId":"${context.spanId}","attributes":${attributesJson(attributes ?? {})}}`
}

function statusJson({ code, message }: ReadableSpan['status']): string {
  if (message === undefined) return `{"code":${code}}`
  return `{"code":${code},"message":${textJson(message)}}`
}

/** OTLP/JSON KeyValues with brackets; what has no value is left out, and so is what goes beyond 128. */
export function attributesJson(attributes: Attributes): string {
  const list: string[] = []
  for (const key of Object.keys(attributes)) {
    if (list.length === MAX_ATTRIBUTES) break
    const safe = key === '' ? null : valueJson(key, attributes[key])
    if (safe !== null) list.push(`{"key":${nameJson(key)},"value":${safe}}`)
  }
  return `[${list.join(',')}]`
}

function valueJson(key: string, value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value) && DOUBLE_KEYS.has(key))
    return `{"doubleValue":${value}}`
  return anyValueJson(value, 0)
}

/** An OTLP/JSON AnyValue; null for what has none. */
function anyValueJson(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return `{"stringValue":${textJson(value)}}`
  if (typeof value === 'boolean') return `{"boolValue":${value}}`
  if (typeof value === 'number') return numberJson(value)
  if (typeof value === 'bigint') return `{"stringValue":"${value}"}`
  if (value instanceof Date)
    return `{"stringValue":"${Number.isNaN(value.getTime()) ? '' : value.toISOString()}"}`
  if (value === null || typeof value !== 'object' || depth >= MAX_DEPTH) return null
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
  return Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"stringValue":"${value}"}`
}

function textJson(text: string): string {
  return JSON.stringify(cutMiddle(text, TEXT_MAX_BYTES))
}

function nameJson(name: string): string {
  return JSON.stringify(safeKey(name))
}
