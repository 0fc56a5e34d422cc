/** The address of a file with the executions of a filter. */
import type { PageFilter } from '../../search/filter.ts'
import type { ColumnName } from './columns.ts'

export const EXPORTS = [
  { format: 'ndjson', words: 'NDJSON' },
  { format: 'csv', words: 'CSV' },
  { format: 'parquet', words: 'Parquet' },
] as const

interface Export {
  window: { from: string; to?: string; organization?: string }
  filter: PageFilter
  /** Null: all. */
  fields: readonly ColumnName[] | null
  format: (typeof EXPORTS)[number]['format']
}

export function exportPath({ window, filter: { where, q }, fields, format }: Export): string {
  const query = new URLSearchParams({ format, ...window })
  for (const condition of where) query.append('where', condition)
  if (q !== undefined) query.set('q', q)
  if (fields !== null) query.set('fields', fields.join(','))
  return `/v1/executions/export?${query.toString()}`
}
