import { columnOf } from '../../record/columns.ts'
import { fieldOf, type FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import type { StreamFormat } from '../client.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

export interface ExportQuery {
  scope: Scope
  window: Window
  filter: Filter
  fields: readonly FieldName[]
  format: StreamFormat
  /** Ends the statement. */
  signal: AbortSignal
}

/**
 * Every matching execution once, in the order of the table: organization, agent, start. That order needs no sort, so
 * that the store holds little of a large export in memory.
 */
export function streamExecutions(store: Store, query: ExportQuery): Promise<AsyncIterable<Uint8Array>> {
  const { fields, format, scope, window, filter, signal } = query
  const where = filtered(tenantCondition(scope, window), filter)
  const columns = fields.map((field) => `${valueOf(field, format)} AS ${field}`)
  return store.stream(
    `SELECT ${columns.join(', ')} FROM code_exec_logs FINAL WHERE ${where.sql}
     ORDER BY organization_id, code_agent_id, started_at, execution_id`,
    { parameters: where.parameters, format, signal },
  )
}

/** How a spreadsheet would take a text for a formula, after spaces that it leaves out. */
const FORMULA = String.raw`'^[\\s\\x{0}]*[=+\\-@＝＋－＠]|^[\\t\\r\\n]'`

/** A column as the list shows it: times in ISO 8601, an absent agent as NULL. */
function valueOf(name: FieldName, format: StreamFormat): string {
  const { type, nullable = false, column, values } = fieldOf(name)
  const stored = columnOf(name)
  if (type === 'time')
    return format === 'Parquet' ? stored : `concat(replaceOne(toString(${stored}), ' ', 'T'), 'Z')`
  const shown = nullable && !column.includes('Nullable') ? `nullIf(${stored}, '')` : stored
  const isText = type === 'text' || type === 'json'
  if (format !== 'CSVWithNames' || !isText || values !== undefined) return shown
  return `if(match(toString(${shown}), ${FORMULA}), concat('\\'', ${shown}), ${shown})`
}
