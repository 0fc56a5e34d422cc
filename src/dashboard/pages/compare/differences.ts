/** What differs between two records. */
import { FIELD_NAMES, fieldOf, type FieldName } from '../../../record/record.ts'
import { formatRatio } from '../../../format.ts'
import { linesOf } from '../../components/output-lines.ts'
import { toJsonText } from '../../components/json-values.ts'
import type { Ended } from '../../data/execution.ts'
import { formatValue, type FieldValue } from '../../format/fields.ts'

export interface FieldPair {
  name: FieldName
  a: string
  b: string
  /** Of numbers above 0, b over a, such as `× 1.8`. */
  ratio: string | null
  state: 'same' | 'differs'
}

/** Compared as texts, part by part. */
export const BODIES = ['code', 'input', 'request', 'result', 'stdout', 'stderr', 'errorStack'] as const
export type Body = (typeof BODIES)[number]

/** Of every two executions these differ. */
const ALWAYS: ReadonlySet<FieldName> = new Set([
  'executionId',
  'spanId',
  'traceId',
  'startedAt',
  'timestamp',
  'executorId',
  'sandboxId',
  'sandboxAgeMs',
  'heldFromMs',
  'heldUntilMs',
  'success',
])
const IS_BODY: ReadonlySet<FieldName> = new Set(BODIES)
const QUANTITIES: ReadonlySet<string> = new Set(['ms', 'bytes', 'count', '10⁻⁹ USD'])

/** Fields with short values; of ids and times, which always differ, only where all are asked for. */
export function comparedFields(a: Ended, b: Ended, show: 'differences' | 'all'): FieldPair[] {
  return FIELD_NAMES.filter((name) => !IS_BODY.has(name))
    .map((name) => pairOf(name, valueOf(a, name), valueOf(b, name)))
    .filter(({ name, state }) => show === 'all' || (state === 'differs' && !ALWAYS.has(name)))
}

function pairOf(name: FieldName, a: FieldValue, b: FieldValue): FieldPair {
  const { unit } = fieldOf(name)
  return {
    name,
    a: formatValue(name, a),
    b: formatValue(name, b),
    ratio: unit !== undefined && QUANTITIES.has(unit) ? ratioOf(a, b) : null,
    state: a === b ? 'same' : 'differs',
  }
}

function ratioOf(a: FieldValue, b: FieldValue): string | null {
  if (typeof a !== 'number' || typeof b !== 'number' || a <= 0 || b <= 0 || a === b) return null
  return formatRatio(b / a)
}

function valueOf(record: Ended, name: FieldName): FieldValue {
  const value = record[name]
  return typeof value === 'object' ? null : value
}

/** The text of a body; '' without one. */
export function bodyOf(record: Ended, name: Body): string {
  if (name === 'input' || name === 'request' || name === 'result') {
    const value = record[name]
    return value === null ? '' : (toJsonText(value) ?? 'nested too deeply to be compared')
  }
  const text = record[name] ?? ''
  return name === 'stdout' || name === 'stderr' ? printed(text) : text
}

/** As a terminal shows it, without its colours. */
function printed(text: string): string {
  return linesOf(text)
    .map((line) => line.map((span) => span.text).join(''))
    .join('\n')
}
