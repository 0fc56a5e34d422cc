/** From one record to the attributes of its span, of its log record and of its `started` event. */
import { SeverityNumber, type Attributes } from '@opentelemetry/api'
import type { ExecutionRecord, StartedRecord } from '../execution.ts'
import { ATTRIBUTES, ATTRIBUTE_FIELDS, type AttributeField } from './attributes.ts'
import { cutHead, cutMiddle, safeInteger, safeNumber, safeText, TEXT_MAX_BYTES } from './safe-values.ts'

export const STARTED_EVENT = 'code_exec.started'
export const COMPLETED_EVENT = 'code_exec.completed'

type Fields = Partial<Pick<ExecutionRecord, AttributeField>>
type Scalar = string | number | boolean

/** OTLP names of the kinds' values, and the start of each field's KeyValue. */
const VALUE_NAMES = {
  text: 'stringValue',
  head: 'stringValue',
  output: 'stringValue',
  nanoseconds: 'stringValue',
  integer: 'intValue',
  double: 'doubleValue',
  boolean: 'boolValue',
} as const
const PLAN = ATTRIBUTE_FIELDS.map((field) => {
  const { key, kind, isContent = false } = ATTRIBUTES[field]
  const opening = `{"key":${JSON.stringify(key)},"value":{"${VALUE_NAMES[kind]}":`
  return { field, kind, isContent, opening }
})
const SPAN_FIELDS = ATTRIBUTE_FIELDS.filter((field) => ATTRIBUTES[field].onSpan)

/** Every field that is present, as OTLP/JSON KeyValues without brackets. */
export function completedAttributes(record: ExecutionRecord): string {
  return writeFields(record, () => true)
}

/** The same of what is known at the start: `event` for the started event, `rest` what only a completion has. */
export function startedAttributes(record: StartedRecord): { event: string; rest: string } {
  return {
    event: writeFields(record, (isContent) => !isContent),
    rest: writeFields(record, (isContent) => isContent),
  }
}

/** The span's attributes, about twelve of them. */
export function spanAttributes(record: Fields): Attributes {
  const attributes: Attributes = {}
  for (const field of SPAN_FIELDS) {
    const value = record[field]
    const safe = value === null || value === undefined ? null : MAKE_SAFE[ATTRIBUTES[field].kind](value)
    if (safe !== null) attributes[ATTRIBUTES[field].key] = safe
  }
  return attributes
}

function writeFields(record: Fields, wants: (isContent: boolean) => boolean): string {
  let written = ''
  for (const { field, kind, isContent, opening } of PLAN) {
    if (!wants(isContent)) continue
    const value = record[field]
    if (value === null || value === undefined) continue
    const safe = MAKE_SAFE[kind](value)
    if (safe === null) continue
    written += `${written === '' ? '' : ','}${opening}${kind === 'integer' ? `"${safe}"` : JSON.stringify(safe)}}}`
  }
  return written
}

/** A value of the kind's own type, or null where the value is none: types say what comes, not what may. */
const MAKE_SAFE: Readonly<Record<keyof typeof VALUE_NAMES, (value: Scalar) => Scalar | null>> = {
  text: (value) => safeText(String(value)),
  head: (value) => cutHead(String(value), TEXT_MAX_BYTES),
  output: (value) => cutMiddle(String(value), TEXT_MAX_BYTES),
  integer: (value) => safeInteger(Number(value)),
  double: (value) => safeNumber(Number(value)),
  boolean: (value) => value === true,
  nanoseconds: (value) => toNanoseconds(String(value)),
}

/** Nanoseconds since the epoch, decimal, of ISO 8601 UTC with up to nine fractional digits. */
function toNanoseconds(iso: string): string {
  const [seconds, nanoseconds] = toHrTime(iso)
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`
}

/** Seconds and nanoseconds, as the SDK takes times without losing digits. The epoch for what is no time. */
export function toHrTime(iso: string): [number, number] {
  const ms = Date.parse(`${iso.slice(0, 19)}Z`)
  if (!(ms > 0)) return [0, 0]
  const fraction = iso.slice(20).replace('Z', '').slice(0, 9).padEnd(9, '0')
  return [ms / 1000, Number(fraction) || 0]
}

/** What went wrong in the code is a warning, what went wrong in exectrail an error. */
export function severityOf(record: Pick<ExecutionRecord, 'outcome'>): {
  number: SeverityNumber
  text: string
} {
  if (record.outcome === 'success') return { number: SeverityNumber.INFO, text: 'INFO' }
  if (record.outcome === 'error') return { number: SeverityNumber.ERROR, text: 'ERROR' }
  return { number: SeverityNumber.WARN, text: 'WARN' }
}

/** Name of the exception: the first word of `TypeError: no`, else the error type. */
export function exceptionType(record: Pick<ExecutionRecord, 'errorMessage' | 'errorType'>): string {
  const named = /^(?<name>\w{0,64}(?:Error|Exception|Interrupt|Exit))\b/u.exec(record.errorMessage ?? '')
  return named?.groups?.['name'] ?? record.errorType ?? 'error'
}
