/** SQL of a key that is bound to one organization, or to one of its workspaces, over a real store with others' rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlSchema, type SqlSchema } from '../../src/service/sql-schema.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, readProblem, withKey } from '../support/service.ts'

let stack: ApiStack
const CANARY = 'globex-canary'

beforeAll(async () => {
  stack = await startApiStack()
  // Agents whose names are numbers for acme and are not for globex: a conversion of another's value fails.
  const own = Array.from({ length: 40 }, (_, index) =>
    makeRecord({
      organizationId: 'acme',
      codeAgentId: String(index % 4),
      stdout: String(index),
      workspaceId: index < 10 ? 'w1' : null,
    }),
  )
  const foreign = Array.from({ length: 60 }, (_, index) =>
    makeRecord({
      organizationId: 'globex',
      codeAgentId: `${CANARY}-${index % 5}`,
      stdout: CANARY,
      model: CANARY,
      userId: CANARY,
      errorMessage: CANARY,
      code: CANARY,
    }),
  )
  await insertRecords(stack.clickhouse, [...own, ...foreign])
  await insertRecords(stack.clickhouse, own.slice(0, 20))
  await stack.clickhouse.store.command(
    "INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, ServiceName, SpanAttributes) SELECT now64(9) - 60, 't', toString(number), if(number < 3, 'own', 'globex-canary'), 's', if(number < 3, map('code_exec.organization.id', 'acme'), map('code_exec.organization.id', 'globex', 'globex-canary', 'x')) FROM numbers(10)",
  )
  await stack.clickhouse.store.command('CREATE TABLE private (a String) ENGINE = MergeTree ORDER BY a')
  await stack.clickhouse.store.command(`INSERT INTO private SELECT '${CANARY}'`)
  await stack.clickhouse.store.command('CREATE DATABASE lab')
  await stack.clickhouse.store.command(
    `CREATE TABLE lab.private ENGINE = MergeTree ORDER BY a AS SELECT '${CANARY}' AS a`,
  )
})
afterAll(() => stack.stop())

function ask(query: string, more: object = {}): Promise<Response> {
  return stack.service.post('/v1/sql', { query, ...more }, withKey(ACME_KEY).headers)
}

async function rowsOf(query: string, more: object = {}): Promise<Record<string, unknown>[]> {
  const answer = await ask(query, more)
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  return JSON.parse(text).data
}

describe("a bound key's SQL", () => {
  it.each([
    ['SELECT count() AS n FROM code_exec_logs', 40],
    ['SELECT count() AS n FROM code_exec_logs FINAL', 40],
    ['SELECT count() AS n FROM code_exec_logs AS l FINAL WHERE l.success', 40],
    ['SELECT count() AS n FROM code_executions', 40],
    ['SELECT count() AS n FROM otel_traces', 3],
    ['SELECT uniq(organization_id) AS n FROM code_exec_logs', 1],
    ["SELECT count() AS n FROM code_exec_logs WHERE organization_id != 'acme'", 0],
    ["SELECT count() AS n FROM code_exec_logs WHERE organization_id = 'globex' OR 1", 40],
    ['SELECT count() AS n FROM code_exec_logs a JOIN code_exec_logs b USING execution_id', 40],
    ['SELECT count() AS n FROM (SELECT * FROM code_exec_logs UNION ALL (SELECT * FROM code_exec_logs))', 80],
    [
      'WITH x AS (SELECT execution_id FROM code_exec_logs) SELECT count() AS n FROM code_exec_logs WHERE execution_id IN x',
      40,
    ],
    ['WITH code_exec_logs AS (SELECT 1) SELECT count() AS n FROM code_exec_logs', 1],
    [
      "SELECT count() AS n FROM code_exec_logs WHERE execution_id IN (SELECT execution_id FROM code_exec_logs WHERE organization_id = 'globex')",
      0,
    ],
    ['SELECT count() AS n FROM code_exec_events', 0],
    ['SELECT max(toUInt8(code_agent_id)) AS n FROM code_exec_logs', 3],
    ['SELECT count() AS n FROM code_exec_logs WHERE NOT ignore(toUInt8(code_agent_id), toUInt8(stdout))', 40],
    ["SELECT count() AS n FROM code_exec_logs WHERE throwIf(organization_id != 'acme', 'foreign') = 0", 40],
    [
      'SELECT sum(intDiv(1, length(code_agent_id) - 15)) AS n FROM code_exec_logs WHERE length(code_agent_id) > 5',
      0,
    ],
    ["SELECT count() AS n FROM otel_traces WHERE throwIf(SpanName = 'globex-canary') = 0", 3],
    ['SELECT uniqExact(arrayJoin(mapKeys(SpanAttributes))) AS n FROM otel_traces', 1],
  ])('%s reads its own rows, each once', async (query, n) => {
    expect(await rowsOf(query)).toEqual([{ n }])
  })

  it.each([
    ['SELECT * FROM private', /private/u],
    ['SELECT * FROM exectrail.code_exec_logs', /without its database.*position 15/u],
    ['SELECT * FROM `exectrail`.`private`', /without its database/u],
    ['SELECT lab.a FROM lab.private AS lab', /without its database/u],
    ['SELECT 1 IN exectrail.private', /without its database/u],
    ['SELECT * FROM system.tables', /without its database.*position 15/u],
    ['SELECT * FROM INFORMATION_SCHEMA.tables', /without its database/u],
    ["SELECT * FROM merge('exectrail', '.*')", /table function merge.*position 15/u],
    ["SELECT * FROM `merge`('exectrail', '.*')", /table function merge/u],
    ['SELECT * FROM view(SELECT 1)', /table function view/u],
    ['SELECT * FROM numbers(10)', /table function numbers/u],
    ["SELECT * FROM values('a UInt8', 1)", /table function values/u],
    ["SELECT * FROM loop('exectrail', 'private')", /table function loop/u],
    ["SELECT * FROM file('/etc/passwd', 'LineAsString')", /file/u],
    ["SELECT * FROM mergeTreeIndex('exectrail', 'code_exec_logs')", /table function/u],
    ["SELECT * FROM url('http://127.0.0.1/', 'LineAsString')", /url/u],
    ["SELECT dictGet('d', 'a', 1)", /dictGet/u],
    ["SELECT joinGet('private', 'a', 'b')", /joinGet/u],
    ["SELECT hasColumnInTable('exectrail', 'private', 'a')", /hasColumnInTable/u],
    ["SELECT getSetting('cluster_for_parallel_replicas')", /getSetting.*position 8/u],
    ['SELECT lowCardinalityKeys(toLowCardinality(model)) FROM code_exec_logs', /[Ll]owCardinality/u],
    ['SELECT dumpColumnStructure(model) FROM code_exec_logs', /dumpColumnStructure/u],
    ['SELECT max(_part_offset) FROM code_exec_logs', /_part_offset/u],
    ['SELECT _part FROM code_exec_logs', /_part/u],
    [
      "SELECT count() FROM code_exec_logs SETTINGS cluster_for_parallel_replicas = 'all'",
      /SETTINGS.*position/u,
    ],
    [
      "SELECT * FROM (SELECT * FROM code_exec_logs SETTINGS cluster_for_parallel_replicas = 'all')",
      /SETTINGS/u,
    ],
    ["SELECT * FROM code_exec_logs SETTINGS additional_table_filters = {'x': 'y'}", /SETTINGS/u],
    ['SELECT 1 SETTINGS final = 0', /SETTINGS/u],
    ['EXPLAIN ESTIMATE SELECT * FROM code_exec_logs', /only SELECT/u],
    ['SELECT * FROM (EXPLAIN SELECT * FROM code_exec_logs)', /EXPLAIN|viewExplain/u],
    ['DESCRIBE code_exec_logs', /only SELECT.*DESCRIBE.*position 1/u],
    ['SHOW TABLES', /only SELECT/u],
    ['SHOW PROCESSLIST', /only SELECT/u],
    ['EXISTS TABLE private', /only SELECT/u],
    ["KILL QUERY WHERE query_id = 'x'", /only SELECT/u],
    ['DROP TABLE code_exec_logs', /only SELECT/u],
    ['SET final = 0', /SET/u],
    ['USE system', /USE|only SELECT/u],
    ['SELECT 1; SELECT 2', /Multi-statements/u],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", /OUTFILE/u],
    ['SELECT 1 FORMAT CSV', /CSV/u],
    ['SELECT * FROM {table:Identifier}', /parameter|Substitution|not set/u],
    ['SELECT * FROM code_exec_logs PREWHERE 1', /PREWHERE/u],
    ['/* x */ -- y\n SELECT 1 FROM /* z */ system . one', /without its database/u],
    ['SELECT * FROM $x$private$x$', /./u],
    ['SELECT', /Syntax error/u],
    ['SELECT nope FROM code_exec_logs', /nope/u],
  ])('%s is refused with the reason', async (query, reason) => {
    const problem = await readProblem(await ask(query))
    expect([problem.status, problem.code]).toEqual([422, 'query_refused'])
    expect(problem.detail).toMatch(reason)
    expect(JSON.stringify(problem)).not.toContain(CANARY)
  })

  it('reads the rows of its window, which the answer states', async () => {
    const from = '2020-01-01T00:00:00Z'
    const to = '2020-02-01T00:00:00Z'
    const answer = await (await ask('SELECT count() AS n FROM code_exec_logs', { from, to })).json()
    expect(answer).toMatchObject({ data: [{ n: 0 }], window: { from, to } })
    const usual = (await (await ask('SELECT 1 AS a')).json()) as { window: { from: string; to: string } }
    expect(Date.parse(usual.window.to) - Date.parse(usual.window.from)).toBe(30 * 86_400_000)
  })

  it('reads the rows of its workspace, and no spans, which carry none', async () => {
    const tenant = { organizationId: 'acme', workspaceId: 'w1' }
    const window = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }
    const { data } = await stack.clickhouse.callerStore.queryReadOnly(
      'SELECT count() AS n, (SELECT count() FROM otel_traces) AS spans FROM code_exec_logs',
      { maxRows: 10, rows: { tenant, window } },
    )
    expect(data).toEqual([{ n: 10, spans: 0 }])
  })

  it('an administrator asks as an organization, and sees what its keys see', async () => {
    const query = 'SELECT count() AS n FROM code_exec_logs'
    const one = await stack.service.post('/v1/sql', { query, organization: 'globex' })
    expect(await one.json()).toMatchObject({ data: [{ n: 60 }], window: { from: expect.any(String) } })
    const all = await stack.service.post('/v1/sql', { query })
    expect(await all.json()).toMatchObject({ data: [{ n: 100 }], window: null })
    expect((await ask(query, { organization: 'globex' })).status).toBe(403)
  })

  it('goes on after a definition changes', async () => {
    await stack.clickhouse.store.command('ALTER TABLE code_exec_logs ADD COLUMN extra LowCardinality(String)')
    expect(await rowsOf('SELECT any(toTypeName(extra)) AS type FROM code_exec_logs')).toEqual([
      { type: 'String' },
    ])
  })
})

describe('the schema of SQL', () => {
  it('names exactly the columns that are there, with their types', async () => {
    const schema = await stack.service.json<SqlSchema>('/v1/sql/schema', 200, withKey(ACME_KEY))
    expect(schema.tables.map(({ name }) => name)).toEqual([
      'code_exec_logs',
      'code_exec_events',
      'otel_traces',
    ])
    const there = await stack.clickhouse.store.query<{ table: string; name: string; type: string }>(
      "SELECT table, name, type FROM system.columns WHERE database = 'exectrail' AND default_kind != 'EPHEMERAL' AND name != 'extra'",
    )
    for (const { name, columns } of schema.tables) {
      const listed = columns.map((column) => `${column.name} ${column.type}`)
      const found = there
        .filter(({ table }) => table === name)
        .map(
          (column) =>
            `${column.name} ${column.type.replaceAll(/LowCardinality\((\w+(?:\(\w+\))?)\)/gu, '$1')}`,
        )
      expect(listed.toSorted()).toEqual(found.toSorted())
    }
  })

  it.each(
    sqlSchema().tables.flatMap(({ examples }) => examples.map(({ question, query }) => [question, query])),
  )('answers: %s', async (_question, query) => {
    expect((await rowsOf(query)).length).toBeGreaterThanOrEqual(0)
    const asAdministrator = await stack.service.post('/v1/sql', { query })
    expect(asAdministrator.status, await asAdministrator.text()).toBe(200)
  })
})
