/** Tools that query in SQL. */
import { z } from 'zod'
import { fitting } from '../cut.ts'
import { UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const ROWS_CHARACTERS = 40_000

export const querySql = defineTool({
  name: 'query_sql',
  title: 'Query in SQL',
  kind: 'reads',
  description: `Runs one read-only SELECT in ClickHouse SQL over code_exec_logs (one row per execution) and otel_traces, for questions that no other tool answers. get_sql_schema has the columns and examples. Aggregate in SQL, and add LIMIT. ${UNTRUSTED}`,
  input: z.strictObject({
    query: z
      .string()
      .min(1)
      .max(100_000)
      .describe(
        'One SELECT, such as: SELECT runtime, count() FROM code_exec_logs FINAL WHERE started_at > now() - INTERVAL 1 DAY GROUP BY runtime',
      ),
    from: z
      .string()
      .optional()
      .describe(
        "Begin of the window of rows that are read, ISO 8601. Default: 30 days before `to`. An administrator's key without organization reads all rows and takes no window",
      ),
    to: z.string().optional().describe('End of the window. Default: now'),
    organization: z
      .string()
      .optional()
      .describe("With an administrator's key: read only the rows of this organization"),
    maxRows: z.int().min(1).max(500).default(50).describe('Rows to show'),
  }),
  output: z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.record(z.string(), z.unknown())),
    rowCount: z.number().describe('Rows of the result; `rows` may hold fewer'),
    note: z.string().optional().describe('What was left out, and how to get it'),
  }),
  async answer({ maxRows, ...question }, { client, signal }) {
    const { data, columns } = await client.runSql(question, { signal })
    const rows = fitting(data.slice(0, maxRows), ROWS_CHARACTERS)
    return {
      columns,
      rows,
      rowCount: data.length,
      ...(rows.length < data.length
        ? {
            note: `${rows.length} of ${data.length} rows are shown; aggregate, select fewer columns, or page with ORDER BY, LIMIT and OFFSET.`,
          }
        : {}),
    }
  },
})

export const getSqlSchema = defineTool({
  name: 'get_sql_schema',
  title: 'Tables for SQL',
  kind: 'reads',
  description:
    'The tables that query_sql reads: columns with types, units and meaning, and three example queries for each. Read it before the first query.',
  input: z.strictObject({
    table: z.string().optional().describe('Only this table in full; without it, all of them'),
  }),
  output: z.object({
    dialect: z.string(),
    notes: z.array(z.string()).describe('What holds for every query'),
    tables: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        time: z.string().describe('The column that the window of a query is over'),
        columns: z.array(z.string()).describe('name type: meaning [unit]'),
        examples: z.array(z.object({ question: z.string(), query: z.string() })),
      }),
    ),
  }),
  async answer({ table }, { client, signal }) {
    const { dialect, notes, tables } = await client.getSqlSchema({}, { signal })
    const wanted = table === undefined ? tables : tables.filter(({ name }) => name === table)
    if (wanted.length === 0)
      throw new TypeError(`no table ${table}; there are ${tables.map(({ name }) => name).join(', ')}`)
    return { dialect, notes, tables: wanted.map(withLines) }
  },
})

interface Column {
  name: string
  type: string
  unit: string | null
  description: string
}

function withLines<Table extends { columns: readonly Column[] }>(table: Table) {
  return { ...table, columns: table.columns.map(toLine) }
}

function toLine({ name, type, unit, description }: Column): string {
  return `${name} ${type}: ${description}${unit === null ? '' : ` [${unit}]`}`
}
