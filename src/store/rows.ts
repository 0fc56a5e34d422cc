/** Conversion between rows of `code_exec_logs` and records. */
import { columnOf } from '../record/columns.ts'
import type { Field } from '../record/fields.ts'
import { fieldOf, mapNames, type ExecutionRecord, type FieldName } from '../record/record.ts'

export type ExecutionRow = Readonly<Record<string, unknown>>

/** The column list of a SELECT for these fields. */
export function selectList(fields: readonly FieldName[]): string {
  return fields.map(columnOf).join(', ')
}

/** The fields of a row in ClickHouse's JSON; integers beyond 2^53 lose precision. */
export function toRecord<Name extends FieldName>(
  row: ExecutionRow,
  fields: readonly Name[],
): Pick<ExecutionRecord, Name> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns have the types of the table of fields
  return mapNames(fields, (field) => toValue(fieldOf(field), row[columnOf(field)])) as Pick<
    ExecutionRecord,
    Name
  >
}

function toValue({ type, nullable, column }: Field, value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (type === 'integer' || type === 'double') return Number(value)
  if (type === 'boolean') return value === true || value === 1
  if (typeof value !== 'string') throw new TypeError(`a column of text holds a ${typeof value}`)
  // Columns of the sort key cannot be null, so an absent agent is ''.
  if (value === '' && nullable === true && !column.includes('Nullable')) return null
  return type === 'time' ? toIso(value) : value
}

/** `2026-11-23 15:00:00.123456789` → `2026-11-23T15:00:00.123456789Z`. */
export function toIso(time: string): string {
  return `${time.replace(' ', 'T')}Z`
}

/** ISO 8601 → DateTime64(9) literal. */
export function toClickHouseTime(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/Z$/u, '').split('.')
  if (/[+-]\d\d:?\d\d$/u.test(time)) return toClickHouseTime(new Date(time).toISOString())
  return `${whole.replace('T', ' ')}.${fraction.padEnd(9, '0').slice(0, 9)}`
}
