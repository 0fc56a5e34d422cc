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
  description: `Runs one read-only SELECT in ClickHouse SQL over code_exec_logs (one row per execution) and otel_traces, for questions that no other tool answers. Write FROM code_exec_logs FINAL, aggregate in SQL, and add LIMIT. ${UNTRUSTED}`,
  input: z.strictObject({
    query: z
      .string()
      .min(1)
      .max(100_000)
      .describe(
        'One SELECT, such as: SELECT runtime, count() FROM code_exec_logs FINAL WHERE started_at > now() - INTERVAL 1 DAY GROUP BY runtime',
      ),
    maxRows: z.int().min(1).max(500).default(50).describe('Rows to show'),
  }),
  output: z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.record(z.string(), z.unknown())),
    rowCount: z.number().describe('Rows of the result; `rows` may hold fewer'),
    note: z.string().optional().describe('What was left out, and how to get it'),
  }),
  async answer({ query, maxRows }, { client, signal }) {
    const { data, columns } = await client.runSql({ query }, { signal })
    const rows = fitting(data.slice(0, maxRows), ROWS_CHARACTERS)
    return {
      columns: [...columns],
      rows: [...rows],
      rowCount: data.length,
      ...(rows.length < data.length
        ? {
            note: `${rows.length} of ${data.length} rows are shown; aggregate, select fewer columns, or page with ORDER BY, LIMIT and OFFSET.`,
          }
        : {}),
    }
  },
})
