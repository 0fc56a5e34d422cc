/** `exectrail sql`: a read-only query to the store, through the service. */
import { text } from 'node:stream/consumers'
import { loadConfig } from '../../config.ts'
import type { SqlAnswer } from '../../service/run-sql.ts'
import { findService } from '../service-client.ts'
import { InvalidRequestError } from '../../errors.ts'
import type { SqlSchema, SqlTable } from '../../service/sql-schema.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, toJsonLine } from '../escape-controls.ts'

export interface SqlOptions {
  json?: true
  ndjson?: true
  schema?: true
  organization?: string
  from?: string
  to?: string
}

const CELL_MAX = 80

/** Prints the rows of a query, or what queries may read. */
export async function sql(
  query: string | undefined,
  options: SqlOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.schema) return printSchema(options, terminal)
  if (query === undefined)
    throw new InvalidRequestError(
      [{ path: 'query', message: 'write one SELECT' }],
      '`exectrail sql --schema` shows the tables, with queries to begin with.',
    )
  const statement = query === '-' ? await text(process.stdin) : query
  const { organization, from, to } = options
  const window = { organization, from, to }
  const service = await findService(loadConfig())
  const { data, columns } = await service.post<SqlAnswer>('/v1/sql', {
    query: statement,
    ...window,
  })
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

async function printSchema(options: SqlOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const schema = await service.get<SqlSchema>('/v1/sql/schema')
  if (options.json || options.ndjson) {
    await terminal.data(options.json ? toJson(schema) : schema.tables.map(toJsonLine).join('\n'))
    return 0
  }
  await terminal.data(`${schema.dialect}\n${schema.notes.map((note) => `- ${note}`).join('\n')}`)
  for (const table of schema.tables) await terminal.data(describeTable(table))
  return 0
}

function describeTable({ name, description, columns, examples }: SqlTable): string {
  const rows = columns.map((column) => [column.name, column.type, column.unit, column.description])
  const titles = ['column', 'type', 'unit', 'meaning'].map((title) => ({ title, max: CELL_MAX }))
  const queries = examples.map(({ question, query }) => `${question}\n${query}`)
  return ['', `${name}: ${description}`, renderTable(titles, rows), '', queries.join('\n\n')].join('\n')
}
