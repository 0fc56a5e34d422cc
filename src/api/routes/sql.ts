import { Hono } from 'hono'
import { z } from 'zod'
import { InvalidRequestError } from '../../errors.ts'
import { sqlSchema } from '../../service/sql-schema.ts'
import { runSql } from '../../service/run-sql.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { scopeOf } from '../auth.ts'
import type { Scope } from '../../store/scope.ts'
import { readBody } from '../json-body.ts'
import { organization as anOrganization, query, time } from '../parameters.ts'
import { windowSchema } from '../record-schema.ts'

const QUERY_MAX = 100_000

const bodySchema = z.strictObject({
  query: z
    .string('write one SELECT')
    .min(1, 'write one SELECT')
    .max(QUERY_MAX, `at most ${QUERY_MAX} characters`)
    .meta({ example: 'SELECT outcome, count() AS n FROM code_exec_logs GROUP BY outcome' }),
  from: time.optional().describe('Start of the window, ISO 8601; by default 30 days before its end'),
  to: time.optional().describe('End of the window; by default now'),
  organization: anOrganization.describe(
    "Of an administrator's key: read the rows of this organization, as its own keys do",
  ),
})

const replySchema = z
  .object({
    data: z
      .array(z.record(z.string(), z.unknown()))
      .describe('Rows, by column name; numbers have all their digits'),
    columns: z.array(z.object({ name: z.string(), type: z.string().describe("ClickHouse's own") })),
    window: windowSchema
      .nullable()
      .describe(
        "The rows that were read, by their start; null for an administrator's query, which reads all",
      ),
  })
  .meta({ id: 'SqlAnswer' })

const documented = documentRoute({
  id: 'runSql',
  summary:
    "Query the store in ClickHouse SQL, read-only: the key's own rows; an administrator's key reads all",
  tag: 'sql',
  reply: replySchema,
  description: 'The rows',
  body: bodySchema,
})

const schemaSchema = z
  .object({
    dialect: z.string(),
    notes: z.array(z.string()).describe('What holds for every query'),
    tables: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        time: z.string().describe('The column that the window of a query is over'),
        columns: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            unit: z.string().nullable(),
            description: z.string(),
            values: z.array(z.string()).nullable().describe('Every value it may have'),
          }),
        ),
        examples: z.array(z.object({ question: z.string(), query: z.string() })),
      }),
    ),
  })
  .meta({ id: 'SqlSchema' })

const documentedSchema = documentRoute({
  id: 'getSqlSchema',
  summary: 'The tables that SQL reads: columns with types, units and meaning, and three queries for each',
  tag: 'sql',
  reply: schemaSchema,
  description: 'The tables',
})

/** `POST /v1/sql`, `GET /v1/sql/schema` */
export function sql(stores: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/schema', documentedSchema, query({}), (c) => c.json(sqlSchema()))
    .post('/', documented, query({}), async (c) => {
      const { organization, ...question } = await readBody(c, bodySchema)
      const scope = scopeOf(c, organization)
      rejectWindowOfAll(scope, question)
      return c.json(await runSql(stores, { ...question, scope, signal: c.req.raw.signal }))
    })
}

/** A query that reads all rows would disregard it. */
function rejectWindowOfAll(
  scope: Scope,
  given: { from?: string | undefined; to?: string | undefined },
): void {
  const path = (['from', 'to'] as const).find((name) => given[name] !== undefined)
  if (scope !== 'all' || path === undefined) return
  const message =
    "an administrator's query reads all rows: put the window into its WHERE, or name an organization"
  throw new InvalidRequestError([{ path, message }])
}
