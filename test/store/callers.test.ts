/** What holds SQL of bound keys to its rows on a ClickHouse server, as far as the embedded engine can tell. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainColumns } from '../../src/clickhouse-endpoint/caller-views.ts'
import { callerStatementReader, type ReadCallerStatement } from '../../src/store/caller-statement.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let statements: string[]
let read: ReadCallerStatement
beforeAll(async () => {
  clickhouse = await startClickHouse()
  const text = await readFile(join(import.meta.dirname, '../../clickhouse/callers.sql'), 'utf8')
  statements = text
    .replaceAll(/^--.*$/gmu, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  read = callerStatementReader((sql, parameters) => clickhouse.store.query(sql, parameters))
})
afterAll(() => clickhouse.stop())

async function format(sql: string): Promise<string> {
  const [row] = await clickhouse.store.query<{ sql: string }>(
    'SELECT formatQuerySingleLine({sql:String}) AS sql',
    { sql },
  )
  return row?.sql ?? ''
}

describe('clickhouse/callers.sql', () => {
  it('is read by the parser of the engine', async () => {
    expect(statements.length).toBeGreaterThan(10)
    for (const statement of statements) expect(await format(statement)).not.toBe('')
  })

  it.each(['code_exec_logs', 'code_exec_events', 'otel_traces'])(
    'shows and grants the columns of %s, and no others',
    async (table) => {
      const columns = await clickhouse.store.query<{ name: string; type: string }>(
        "SELECT name, type FROM system.columns WHERE database = 'exectrail' AND table = {table:String} AND default_kind != 'EPHEMERAL' ORDER BY position",
        { table },
      )
      const select = await format(`SELECT ${plainColumns(columns)} FROM exectrail.${table} FINAL`)
      const grant = await format(
        `GRANT SELECT(${columns.map(({ name }) => `\`${name}\``).join(', ')}) ON exectrail.${table} TO exectrail_caller`,
      )
      const formatted = await Promise.all(statements.map(format))
      expect(formatted.filter((one) => one.endsWith(select)).length).toBe(table === 'code_exec_logs' ? 2 : 1)
      expect(formatted).toContain(grant)
      const policy = formatted.find(
        (one) => one.startsWith('CREATE ROW POLICY') && one.includes(`ON exectrail.${table} `),
      )
      expect(policy).toContain("organization_id = getSetting('SQL_exectrail_organization')")
    },
  )
})

describe('a statement for a server', () => {
  it('runs as it is read, without FINAL for a view', async () => {
    expect(await read('select count() from code_exec_logs final -- x')).toMatch(
      /^SELECT count\(\) FROM code_exec_logs *$/u,
    )
  })

  it.each([
    ['SELECT * FROM exectrail.code_exec_logs', /without its database/u],
    ["SELECT * FROM remote('x', 'exectrail', 'code_exec_logs')", /remote/u],
    ["SELECT 1 SETTINGS SQL_exectrail_organization = 'other'", /SETTINGS/u],
    ['SELECT lowCardinalityKeys(model) FROM code_exec_logs', /lowCardinalityKeys/u],
    ['SELECT {a:String}', /parameters/u],
    ['SHOW TABLES', /only SELECT/u],
    ['SELECT 1 FORMAT CSV FORMAT', /./u],
  ])('%s is refused', async (sql, reason) => {
    await expect(read(sql)).rejects.toMatchObject({
      code: 'query_refused',
      message: expect.stringMatching(reason),
    })
  })
})
