/** The columns of `code_exec_logs`: those of the record, and those only the store has. */
import type { Field } from './fields.ts'
import { FIELD_NAMES, fieldOf, type FieldName } from './record.ts'

export interface Column extends Pick<Field, 'unit' | 'means' | 'values'> {
  name: string
  /** Null for a column that only the store has. */
  field: FieldName | null
  type: string
  /** What it is filled from. */
  source: string
}

/** Columns that only the store has, by the field they follow. */
// oxfmt-ignore
const STORE_COLUMNS: Readonly<Partial<Record<FieldName, readonly Column[]>>> = {
  memorySource: [{ name: 'memory_mb', field: null, type: 'Nullable(Float64)', unit: 'MiB', means: 'The same peak; computed when read.', source: '(computed)' }],
  executorId: [
    { name: 'record_version', field: null, type: 'UInt8', means: '1 for what was written in place of an executor that was presumed dead (`executor_crashed`), 2 for a true end, one more each time its costs were computed again; the higher one wins.', source: '(from `error.type`)' },
    { name: 'inserted_at', field: null, type: "DateTime64(3, 'UTC')", unit: 'UTC, ms', means: 'When the row arrived.', source: "(the store's clock)" },
  ],
}

/** Every column that is stored or computed, in the table's order. */
export const COLUMNS: readonly Column[] = FIELD_NAMES.flatMap((name) =>
  [columnFor(name)].concat(STORE_COLUMNS[name] ?? []),
)

/** `memoryPeakBytes` → `memory_peak_bytes`. */
export function columnOf(name: FieldName): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
}

function columnFor(name: FieldName): Column {
  const { column, attribute, carriedBy = '', type, ...rest } = fieldOf(name)
  const source =
    attribute === undefined ? carriedBy : `\`${attribute}\`${type === 'time' ? ', ns since 1970' : ''}`
  return { ...rest, name: columnOf(name), field: name, type: column, source }
}
