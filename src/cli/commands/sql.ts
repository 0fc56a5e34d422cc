/** `exectrail sql`: a read-only query to the store, through the service. */
import { text } from 'node:stream/consumers'
import { loadConfig } from '../../config.ts'
import type { SqlAnswer } from '../../service/run-sql.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, toJsonLine } from '../escape-controls.ts'

export interface SqlOptions {
  json?: true
  ndjson?: true
}

const CELL_MAX = 80

/** Prints the rows of a query. */
export async function sql(query: string, options: SqlOptions, terminal: Terminal): Promise<number> {
  const statement = query === '-' ? await text(process.stdin) : query
  const service = await findService(loadConfig())
  const { data, columns } = await service.post<SqlAnswer>('/v1/sql', { query: statement })
  if (options.json) {
    await terminal.data(toJson(data))
  } else if (options.ndjson) {
    for (const row of data) await terminal.data(toJsonLine(row))
  } else {
    const names = columns.map((column) => column.name)
    const rows = data.map((row) => names.map((name) => toCell(row[name])))
    if (rows.length > 0)
      await terminal.data(
        renderTable(
          names.map((title) => ({ title, max: CELL_MAX })),
          rows,
        ),
      )
    terminal.say(rows.length === 1 ? '1 row' : `${rows.length} rows`)
  }
  return 0
}

function toCell(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value)
}
