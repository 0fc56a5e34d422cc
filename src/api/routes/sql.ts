import { Hono } from 'hono'
import { z } from 'zod'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { runSql } from '../../service/run-sql.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { readJsonObject } from '../json-body.ts'
import { validate } from '../../validation.ts'
import { query } from '../parameters.ts'

const QUERY_MAX = 100_000

const bodySchema = z.strictObject({
  query: z
    .string('write one SELECT')
    .min(1, 'write one SELECT')
    .max(QUERY_MAX, `at most ${QUERY_MAX} characters`),
})

const replySchema = z
  .object({
    data: z.array(z.record(z.string(), z.unknown())).describe('Rows, by column name'),
    columns: z.array(z.object({ name: z.string(), type: z.string().describe("ClickHouse's own") })),
  })
  .meta({ id: 'SqlAnswer' })

const documented = documentRoute({
  id: 'runSql',
  summary: "Query the store in ClickHouse SQL, read-only; an administrator's key only",
  tag: 'sql',
  reply: replySchema,
  description: 'The rows',
  body: bodySchema,
})

/** `POST /v1/sql` */
export function sql({ sqlStore }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().post('/', documented, query({}), async (c) => {
    rejectBoundKeys(c)
    const parsed = validate(bodySchema, await readJsonObject(c))
    if (!parsed.ok) throw new InvalidRequestError(parsed.issues)
    return c.json(await runSql(sqlStore, parsed.value.query, c.req.raw.signal))
  })
}

/** SQL is not bound to a tenant, so it is for administrators only. */
function rejectBoundKeys(c: ApiContext): void {
  if (c.get('key').scope === 'all') return
  throw new ExectrailError('forbidden', "SQL is for administrators' keys: it sees every organization", {
    hint: 'Use /v1/executions and its filters, or an administrator key.',
  })
}
