/** Between the columns of `code_exec_logs` and the record: names, types, absence. */
import type { ExecutionRecord } from '../execution.ts'

export type RecordField = keyof ExecutionRecord
export type ExecutionRow = Readonly<Record<string, unknown>>

type FieldKind = 'text' | 'number' | 'boolean' | 'time' | 'agent'

/** Every field in the order it is shown. 'agent' is the one column where absence is '' (it is in the sort key). */
const FIELDS: Readonly<Record<RecordField, FieldKind>> = {
  executionId: 'text',
  organizationId: 'text',
  workspaceId: 'text',
  userId: 'text',
  codeAgentId: 'agent',
  codeAgentVersion: 'text',
  workflowExecutionId: 'text',
  nodeId: 'text',
  attempt: 'number',
  runtime: 'text',
  language: 'text',
  isolation: 'text',
  outcome: 'text',
  success: 'boolean',
  exitCode: 'number',
  signal: 'text',
  errorType: 'text',
  errorMessage: 'text',
  errorStack: 'text',
  errorFingerprint: 'text',
  validationPassed: 'boolean',
  durationMs: 'number',
  queueMs: 'number',
  startupMs: 'number',
  cpuMs: 'number',
  memoryPeakBytes: 'number',
  memorySource: 'text',
  limitTimeoutMs: 'number',
  limitMemoryBytes: 'number',
  tokensUsed: 'number',
  inputTokens: 'number',
  outputTokens: 'number',
  model: 'text',
  costRunNanoUsd: 'number',
  costAllocatedNanoUsd: 'number',
  priceId: 'text',
  codeSha256: 'text',
  codeBytes: 'number',
  code: 'text',
  input: 'text',
  stdout: 'text',
  stderr: 'text',
  stdoutBytes: 'number',
  stderrBytes: 'number',
  outputTruncated: 'boolean',
  result: 'text',
  sandboxId: 'text',
  sandboxAgeMs: 'number',
  startedAt: 'time',
  timestamp: 'time',
  executorId: 'text',
  traceId: 'text',
  spanId: 'text',
}

export const RECORD_FIELDS = Object.keys(FIELDS).filter((name): name is RecordField =>
  Object.hasOwn(FIELDS, name),
)

/** `memoryPeakBytes` → `memory_peak_bytes`. */
export function columnOf(field: RecordField): string {
  return field.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
}

/** The columns of a SELECT for these fields; times leave ClickHouse as text with all nine digits. */
export function selectList(fields: readonly RecordField[]): string {
  return fields.map(columnOf).join(', ')
}

/** The fields of a row of ClickHouse's JSON; 64-bit integers beyond 2^53 lose their last digits. */
export function toRecord(row: ExecutionRow, fields: readonly RecordField[]): Partial<ExecutionRecord> {
  return Object.fromEntries(fields.map((field) => [field, toValue(FIELDS[field], row[columnOf(field)])]))
}

/** A whole record. */
export function toWholeRecord(row: ExecutionRow): ExecutionRecord {
  const record = toRecord(row, RECORD_FIELDS)
  if (!isWhole(record)) throw new TypeError('a row of code_exec_logs lacks a column')
  return record
}

function isWhole(record: Partial<ExecutionRecord>): record is ExecutionRecord {
  return RECORD_FIELDS.every((field) => record[field] !== undefined)
}

function toValue(kind: FieldKind, value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (kind === 'number') return Number(value)
  if (kind === 'boolean') return value === true || value === 1
  if (kind === 'agent' && value === '') return null
  if (typeof value !== 'string') throw new TypeError(`a column of text holds a ${typeof value}`)
  return kind === 'time' ? toIso(value) : value
}

/** `2026-11-23 15:00:00.123456789` → `2026-11-23T15:00:00.123456789Z`. */
export function toIso(time: string): string {
  return `${time.replace(' ', 'T')}Z`
}

/** ISO 8601 → what ClickHouse's DateTime64 takes, nine digits kept. */
export function fromIso(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/Z$/u, '').split('.')
  if (/[+-]\d\d:?\d\d$/u.test(time)) return fromIso(new Date(time).toISOString())
  return `${whole.replace('T', ' ')}.${fraction.padEnd(9, '0').slice(0, 9)}`
}
