/** From one record to the attributes of its span, of its log record and of its `started` event. */
import { SeverityNumber, type Attributes } from '@opentelemetry/api'
import type { Field } from '../../record/fields.ts'
import { ATTRIBUTE_FIELDS, fieldOf, type ExecutionRecord, type StartedRecord } from '../../record/record.ts'
import { TOOL_KEYS, type ToolCallAttributes } from './tool-call.ts'
import { cutHead, cutMiddle, safeInteger, safeNumber, safeText, TEXT_MAX_BYTES } from '../safe-values.ts'

export const STARTED_EVENT = 'code_exec.started'
export const COMPLETED_EVENT = 'code_exec.completed'

type Scalar = string | number | boolean

/** How a value of each kind is made safe: records come from other programs, so types say what comes, not what may. */
interface Kind {
  /** OTLP's name of the value. */
  valueName: string
  makeSafe: (value: Scalar) => Scalar | null
}
const TEXT = { valueName: 'stringValue', makeSafe: (value: Scalar) => safeText(String(value)) }
const KINDS: Readonly<Record<Field['type'], Kind>> = {
  text: TEXT,
  json: TEXT,
  integer: { valueName: 'intValue', makeSafe: (value) => safeInteger(Number(value)) },
  double: { valueName: 'doubleValue', makeSafe: (value) => safeNumber(Number(value)) },
  boolean: { valueName: 'boolValue', makeSafe: (value) => value === true },
  time: { valueName: 'stringValue', makeSafe: (value) => toNanoseconds(String(value)) },
}
const LONG_TEXTS = {
  head: (value: Scalar) => cutHead(String(value), TEXT_MAX_BYTES),
  ends: (value: Scalar) => cutMiddle(String(value), TEXT_MAX_BYTES),
}

/** How each field is written, with the start of its KeyValue. */
const STEPS = ATTRIBUTE_FIELDS.map((name) => {
  const { attribute: key = '', type, keeps, content, atStart = false, onSpan = false } = fieldOf(name)
  const { valueName, makeSafe } = KINDS[type]
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
const SPAN_AT_START = AT_START.filter(({ onSpan }) => onSpan)
const SPAN_AT_END = AT_END.filter(({ onSpan }) => onSpan)
/** Keys a span has from its start. */
export const SPAN_START_KEYS: ReadonlySet<string> = new Set([
  ...SPAN_AT_START.map(({ key }) => key),
  ...TOOL_KEYS,
])

/** A beginning, written as OTLP/JSON KeyValues without brackets once, since its completion says it all again. */
export interface Beginning {
  record: StartedRecord
  /** All but content: the `started` event. */
  event: string
  /** What the GenAI conventions say, on both. */
  call: string
  /** Content, which only a completion has. */
  content: string
}

export function writeBeginning(record: StartedRecord, call: ToolCallAttributes): Beginning {
  return {
    record,
    event: writeFields(record, EVENT_STEPS),
    content: writeFields(record, CONTENT_STEPS),
    call: writeTexts(call),
  }
}

function writeTexts(texts: ToolCallAttributes): string {
  return Object.entries(texts)
    .map(([key, value]) => `{"key":"${key}","value":{"stringValue":${JSON.stringify(safeText(value))}}}`)
    .join(',')
}

/** Every field that is present, as OTLP/JSON KeyValues without brackets. */
export function writeCompletion(
  record: ExecutionRecord,
  { record: started, event, content, call }: Beginning,
): string {
  const isSame = AT_START.every(({ name }) => Reflect.get(started, name) === record[name])
  const known = isSame ? joinFields(event, content) : writeFields(record, AT_START)
  return joinFields(joinFields(known, call), writeFields(record, AT_END))
}

/** The span's attributes known at the start, and those that come at the end: about twelve together. */
export function spanAttributes(record: Fields, step: 'start' | 'end'): Attributes {
  const attributes: Attributes = {}
  for (const { name, key, makeSafe } of step === 'start' ? SPAN_AT_START : SPAN_AT_END) {
    const value = record[name]
    const safe = value === null || value === undefined ? null : makeSafe(value)
    if (safe !== null) attributes[key] = safe
  }
  return attributes
}

function writeFields(record: Fields, steps: readonly Step[]): string {
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

/** KeyValues after each other, either of which may be none. */
export function joinFields(first: string, second: string): string {
  return first === '' || second === '' ? first + second : `${first},${second}`
}

/** Nanoseconds since the epoch, decimal, of ISO 8601 UTC with up to nine fractional digits. */
function toNanoseconds(iso: string): string {
  const [seconds, nanoseconds] = toHrTime(iso)
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`
}

/** The time asked for last: a start is asked for several times over. */
let lastTime: { iso: string; time: [number, number] } = { iso: '', time: [0, 0] }

/** Seconds and nanoseconds, as the SDK takes times without losing digits. The epoch for what is no time. */
export function toHrTime(iso: string): [number, number] {
  if (lastTime.iso !== iso) lastTime = { iso, time: parseTime(iso) }
  return lastTime.time
}

function parseTime(iso: string): [number, number] {
  const ms = Date.parse(`${iso.slice(0, 19)}Z`)
  if (!(ms > 0)) return [0, 0]
  const fraction = iso.slice(20).replace('Z', '').slice(0, 9).padEnd(9, '0')
  return [ms / 1000, Number(fraction) || 0]
}

export function secondsBetween(fromIso: string, toIso: string): number {
  const [from, to] = [toHrTime(fromIso), toHrTime(toIso)]
  return Math.max(0, to[0] - from[0] + (to[1] - from[1]) / 1e9)
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
