/** From one record to the attributes of its span and of its log record. */
import { SeverityNumber, type Attributes } from '@opentelemetry/api'
import type { ExecutionRecord } from '../execution.ts'
import { ATTRIBUTES, ATTRIBUTE_FIELDS, type AttributeField } from './attributes.ts'
import { cutHead, cutMiddle, safeNumber, safeText, TEXT_MAX_BYTES } from './safe-values.ts'

export const STARTED_EVENT = 'code_exec.started'
export const COMPLETED_EVENT = 'code_exec.completed'

type Fields = Partial<Pick<ExecutionRecord, AttributeField>>

/** Attributes of the log record, every field that is present, and of the span, about twelve of them. */
export function attributesOf(record: Fields): { log: Attributes; span: Attributes } {
  const log: Attributes = {}
  const span: Attributes = {}
  for (const field of ATTRIBUTE_FIELDS) {
    const value = record[field]
    if (value === null || value === undefined) continue
    const { key, onSpan } = ATTRIBUTES[field]
    const safe = makeSafe(field, value)
    if (safe === null) continue
    log[key] = safe
    if (onSpan) span[key] = safe
  }
  return { log, span }
}

function makeSafe(field: AttributeField, value: string | number | boolean): string | number | boolean | null {
  const { kind } = ATTRIBUTES[field]
  if (typeof value === 'number') return safeNumber(value)
  if (typeof value === 'boolean') return value
  if (kind === 'nanoseconds') return `${toNanoseconds(value)}`
  if (kind === 'head') return cutHead(value, TEXT_MAX_BYTES)
  return kind === 'output' ? cutMiddle(value, TEXT_MAX_BYTES) : safeText(value)
}

/** Nanoseconds since the epoch of ISO 8601 UTC with up to nine fractional digits. */
function toNanoseconds(iso: string): bigint {
  const fraction = /\.(?<digits>\d{1,9})/u.exec(iso)?.groups?.['digits'] ?? ''
  const seconds = BigInt(Date.parse(`${iso.slice(0, 19)}Z`)) * 1_000_000n
  return seconds + BigInt(fraction.padEnd(9, '0'))
}

/** Seconds and nanoseconds, as the SDK takes times without losing digits. */
export function toHrTime(iso: string): [number, number] {
  const nanoseconds = toNanoseconds(iso)
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)]
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
  return (
    /^(?<name>\w+(?:Error|Exception|Interrupt|Exit))\b/u.exec(record.errorMessage ?? '')?.groups?.['name'] ??
    record.errorType ??
    'error'
  )
}
