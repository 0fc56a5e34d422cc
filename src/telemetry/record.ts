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
type Step = (typeof PLAN)[number]
const PLAN = ATTRIBUTE_FIELDS.map((field) => {
  const { key, kind, isContent = false, onSpan = false } = ATTRIBUTES[field]
  const opening = `{"key":${JSON.stringify(key)},"value":{"${VALUE_NAMES[kind]}":`
  return { field, key, kind, isContent, onSpan, opening }
})

/** What is known at the start. */
const STARTED_FIELDS: Readonly<Record<Exclude<keyof StartedRecord, 'executorId'>, true>> = {
  executionId: true,
  organizationId: true,
  workspaceId: true,
  userId: true,
  codeAgentId: true,
  codeAgentVersion: true,
  workflowExecutionId: true,
  nodeId: true,
  attempt: true,
  runtime: true,
  language: true,
  limitTimeoutMs: true,
  limitMemoryBytes: true,
  inputTokens: true,
  outputTokens: true,
  tokensUsed: true,
  model: true,
  codeSha256: true,
  codeBytes: true,
  code: true,
  input: true,
  startedAt: true,
}
const AT_START = PLAN.filter(({ field }) => Object.hasOwn(STARTED_FIELDS, field))
const EVENT_STEPS = AT_START.filter(({ isContent }) => !isContent)
const CONTENT_STEPS = AT_START.filter(({ isContent }) => isContent)
const AT_END = PLAN.filter((step) => !AT_START.includes(step))
const SPAN_AT_START = AT_START.filter(({ onSpan }) => onSpan)
const SPAN_AT_END = AT_END.filter(({ onSpan }) => onSpan)

/** A beginning, written as OTLP/JSON KeyValues without brackets once, since its completion says it all again. */
export interface Beginning {
  record: StartedRecord
  /** All but content: the `started` event. */
  event: string
  /** Content, which only a completion has. */
  content: string
}

export function writeBeginning(record: StartedRecord): Beginning {
  return { record, event: writeFields(record, EVENT_STEPS), content: writeFields(record, CONTENT_STEPS) }
}

/** Every field that is present, as OTLP/JSON KeyValues without brackets. */
export function writeCompletion(
  record: ExecutionRecord,
  { record: started, event, content }: Beginning,
): string {
  const isSame = AT_START.every(({ field }) => Reflect.get(started, field) === record[field])
  const known = isSame ? joinFields(event, content) : writeFields(record, AT_START)
  return joinFields(known, writeFields(record, AT_END))
}

/** The span's attributes known at the start, and those that come at the end: about twelve together. */
export function spanAttributes(record: Fields, step: 'start' | 'end'): Attributes {
  const attributes: Attributes = {}
  for (const { field, key, kind } of step === 'start' ? SPAN_AT_START : SPAN_AT_END) {
    const value = record[field]
    const safe = value === null || value === undefined ? null : MAKE_SAFE[kind](value)
    if (safe !== null) attributes[key] = safe
  }
  return attributes
}

function writeFields(record: Fields, steps: readonly Step[]): string {
  let written = ''
  for (const { field, kind, opening } of steps) {
    const value = record[field]
    if (value === null || value === undefined) continue
    const safe = MAKE_SAFE[kind](value)
    if (safe === null) continue
    written += `${written === '' ? '' : ','}${opening}${kind === 'integer' ? `"${safe}"` : JSON.stringify(safe)}}}`
  }
  return written
}

/** KeyValues after each other, either of which may be none. */
export function joinFields(first: string, second: string): string {
  return first === '' || second === '' ? first + second : `${first},${second}`
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
