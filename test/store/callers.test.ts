/** What holds SQL of bound keys to its rows on a ClickHouse server, as far as the embedded engine can tell. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainColumns } from '../../src/clickhouse-endpoint/caller-views.ts'
import { callerStatementReader, type ReadCallerStatement } from '../../src/store/caller-statement.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { insertRecords, makeRecord } from '../support/records.ts'

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

// No server runs here: its policies and views are run as conditions and queries of the embedded engine.
describe('what clickhouse/callers.sql lets a caller read', () => {
  beforeAll(async () => {
    const tenants = [
      { organizationId: 'acme', workspaceId: 'w1' },
      { organizationId: 'acme', workspaceId: null },
      { organizationId: 'globex', workspaceId: 'w1' },
    ]
    await insertRecords(
      clickhouse,
      tenants.map((tenant) => makeRecord({ ...tenant, startedAt: '2026-05-01T00:00:00Z' })),
    )
  })

  /** Rows that the policy of a table lets through. */
  async function seen(change: Record<string, string>, table = 'code_exec_logs'): Promise<number> {
    const policy = statements.find((one) => one.includes(`exectrail_caller ON exectrail.${table} FOR SELECT`))
    const using = /USING(?<using>[\s\S]+)TO exectrail_caller$/u.exec(policy ?? '')?.groups?.['using'] ?? ''
    const condition = using.replaceAll(/getSetting\('SQL_exectrail_(\w+)'\)/gu, '{$1:String}')
    const given = {
      organization: 'acme',
      workspace: '',
      from: '2026-01-01T00:00:00Z',
      to: '2027-01-01T00:00:00Z',
    }
    const sql = `SELECT toUInt32(count()) AS n FROM exectrail.${table} FINAL WHERE ${condition}`
    const [row] = await clickhouse.store.query<{ n: number }>(sql, { ...given, ...change })
    return row?.n ?? -1
  }

  it('is the rows of one organization, one workspace and one window', async () => {
    expect(await seen({})).toBe(2)
    expect(await seen({ workspace: 'w1' })).toBe(1)
    expect(await seen({ organization: 'globex' })).toBe(1)
    expect(await seen({ organization: '' })).toBe(0)
    expect(await seen({ from: '2026-05-01T00:00:00.000000001Z' })).toBe(0)
    expect(await seen({ to: '2026-05-01T00:00:00Z' })).toBe(0)
    for (const table of ['code_exec_events', 'otel_traces']) expect(await seen({}, table)).toBe(0)
  })

  it('comes through views that can be read', async () => {
    const views = statements.flatMap(
      (one) => /^CREATE OR REPLACE VIEW[\s\S]+? AS (SELECT[\s\S]+)$/u.exec(one)?.[1] ?? [],
    )
    expect(views.length).toBe(4)
    const [first] = await clickhouse.store.query(`SELECT toUInt32(count()) AS n FROM (${views[0]})`)
    expect(first).toEqual({ n: 3 })
    for (const view of views) await clickhouse.store.query(`SELECT * FROM (${view})`)
  })
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
