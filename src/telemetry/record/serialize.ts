/** The record as attributes: of its log record and `started` event, already OTLP/JSON, and of its span. */
import { SeverityNumber, type Attributes } from '@opentelemetry/api'
import type { Field } from '../../record/fields.ts'
import { ATTRIBUTE_FIELDS, fieldOf, type ExecutionRecord, type StartedRecord } from '../../record/record.ts'
import { cutHead, cutMiddle, safeInteger, safeNumber, safeText, TEXT_MAX_BYTES } from '../safe-values.ts'
import { nanosOf, toHrTime } from './time.ts'
import { TOOL_KEYS, type ToolCallAttributes } from './tool-call.ts'

export const STARTED_EVENT = 'code_exec.started'
export const COMPLETED_EVENT = 'code_exec.completed'

type Scalar = string | number | boolean

/** How values of one type are written. Records come from other programs too, so a value may be of any type. */
interface Writer {
  /** OTLP's name of the value. */
  valueName: string
  /** Null for a value that cannot be sent. */
  makeSafe: (value: Scalar) => Scalar | null
}
const TEXT: Writer = { valueName: 'stringValue', makeSafe: (value) => safeText(String(value)) }
const WRITERS: Readonly<Record<Field['type'], Writer>> = {
  text: TEXT,
  json: TEXT,
  integer: { valueName: 'intValue', makeSafe: (value) => safeInteger(Number(value)) },
  double: { valueName: 'doubleValue', makeSafe: (value) => safeNumber(Number(value)) },
  boolean: { valueName: 'boolValue', makeSafe: (value) => value === true },
  time: { valueName: 'stringValue', makeSafe: (value) => nanosOf(toHrTime(String(value))) },
}
const LONG_TEXTS = {
  head: (value: Scalar) => cutHead(String(value), TEXT_MAX_BYTES),
  ends: (value: Scalar) => cutMiddle(String(value), TEXT_MAX_BYTES),
}

/** Each field with the opening of its KeyValue, computed once: this is on the caller's path. */
const STEPS = ATTRIBUTE_FIELDS.map((name) => {
  const { attribute: key = '', type, keeps, content, atStart = false, onSpan = false } = fieldOf(name)
  const { valueName, makeSafe } = WRITERS[type]
  return {
    name,
    key,
    opening: `{"key":${JSON.stringify(key)},"value":{"${valueName}":`,
    isQuoted: type === 'integer',
    makeSafe: keeps === undefined ? makeSafe : LONG_TEXTS[keeps],
    isOptional: content === 'optional',
    atStart,
    onSpan,
  }
})
type Step = (typeof STEPS)[number]
type Fields = Partial<Pick<ExecutionRecord, Step['name']>>

const AT_START = STEPS.filter(({ atStart }) => atStart)
const EVENT_STEPS = AT_START.filter(({ isOptional }) => !isOptional)
const CONTENT_STEPS = AT_START.filter(({ isOptional }) => isOptional)
const AT_END = STEPS.filter(({ atStart }) => !atStart)
const SPAN_STEPS = {
  start: AT_START.filter(({ onSpan }) => onSpan),
  end: AT_END.filter(({ onSpan }) => onSpan),
}
/** Keys of the attributes a span has from its start. */
export const SPAN_START_KEYS: ReadonlySet<string> = new Set([
  ...SPAN_STEPS.start.map(({ key }) => key),
  ...TOOL_KEYS,
])

/** What is known at the start, as OTLP/JSON KeyValues without brackets: the completed record repeats it. */
export interface SerializedStart {
  record: StartedRecord
  /** The fields of the `started` event. */
  event: string
  /** What the GenAI conventions say of the call, on both. */
  call: string
  /** Content that can be switched off, only on the completed record. */
  content: string
}

export function serializeStart(record: StartedRecord, call: ToolCallAttributes): SerializedStart {
  return {
    record,
    event: keyValues(record, EVENT_STEPS),
    content: keyValues(record, CONTENT_STEPS),
    call: Object.entries(call).map(textKeyValue).join(','),
  }
}

/** Every field that is present, as OTLP/JSON KeyValues without brackets. */
export function serializeCompletion(record: ExecutionRecord, start: SerializedStart): string {
  const isSame = AT_START.every(({ name }) => Reflect.get(start.record, name) === record[name])
  const known = isSame ? joinKeyValues(start.event, start.content) : keyValues(record, AT_START)
  return joinKeyValues(known, start.call, keyValues(record, AT_END))
}

/** The span's attributes that are known at the start, or those that the end adds. */
export function spanAttributes(record: Fields, moment: keyof typeof SPAN_STEPS): Attributes {
  return attributesOf(record, SPAN_STEPS[moment])
}

/** Every field that is present, as attributes for the SDK. */
export function recordAttributes(record: ExecutionRecord, call: ToolCallAttributes): Attributes {
  const exception = record.outcome === 'success' ? {} : { 'exception.type': exceptionType(record) }
  return { ...attributesOf(record, STEPS), ...call, ...exception }
}

function attributesOf(record: Fields, steps: readonly Step[]): Attributes {
  const attributes: Attributes = {}
  for (const { name, key, makeSafe } of steps) {
    const value = record[name]
    const safe = value === null || value === undefined ? null : makeSafe(value)
    if (safe !== null) attributes[key] = safe
  }
  return attributes
}

function keyValues(record: Fields, steps: readonly Step[]): string {
  let written = ''
  for (const { name, opening, isQuoted, makeSafe } of steps) {
    const value = record[name]
    if (value === null || value === undefined) continue
    const safe = makeSafe(value)
    if (safe === null) continue
    written += `${written === '' ? '' : ','}${opening}${isQuoted ? `"${safe}"` : JSON.stringify(safe)}}}`
  }
  return written
}

/** An OTLP/JSON KeyValue of a text. */
export function textKeyValue([key, text]: [key: string, text: string]): string {
  return `{"key":${JSON.stringify(key)},"value":{"stringValue":${JSON.stringify(safeText(text))}}}`
}

/** Lists of KeyValues one after the other; any of them may be empty. */
export function joinKeyValues(...lists: string[]): string {
  let joined = ''
  for (const list of lists) if (list !== '') joined += joined === '' ? list : `,${list}`
  return joined
}

/** What the code did wrong is a warning, what exectrail did wrong an error. */
export function severityOf({ outcome }: Pick<ExecutionRecord, 'outcome'>): Severity {
  if (outcome === 'success') return INFO
  return outcome === 'error' ? ERROR : WARN
}

export interface Severity {
  number: SeverityNumber
  text: string
}
export const INFO: Severity = { number: SeverityNumber.INFO, text: 'INFO' }
const WARN: Severity = { number: SeverityNumber.WARN, text: 'WARN' }
export const ERROR: Severity = { number: SeverityNumber.ERROR, text: 'ERROR' }

/** Name of the exception: the first word of `TypeError: no`, else the error type. */
export function exceptionType(record: Pick<ExecutionRecord, 'errorMessage' | 'errorType'>): string {
  const named = /^(?<name>\w{0,64}(?:Error|Exception|Interrupt|Exit))\b/u.exec(record.errorMessage ?? '')
  return named?.groups?.['name'] ?? record.errorType ?? 'error'
}
