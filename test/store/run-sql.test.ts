import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../../src/store/queries/run-sql.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

describe('a statement of a caller', () => {
  it.each([
    ['SELECT 1 AS x', { x: 1 }],
    ['SELECT 1 AS x;', { x: 1 }],
    ['SELECT 1 AS x; -- a note', { x: 1 }],
    ['SELECT 1 AS x -- a note', { x: 1 }],
    ['SELECT 1 AS x /* ; */ ; /* a note */ ;;', { x: 1 }],
    ['SELECT 1 AS x FORMAT JSON', { x: 1 }],
    ['SELECT 1 AS x SETTINGS max_threads = 1', { x: 1 }],
    ['EXPLAIN AST SELECT 1', { explain: 'SelectWithUnionQuery (children 1)' }],
    ['EXPLAIN AST SELECT 1 FORMAT JSON', { explain: expect.stringContaining('SelectWithUnionQuery') }],
    ['EXPLAIN SYNTAX SELECT 1', { explain: 'SELECT 1' }],
    ['EXISTS TABLE nowhere', { result: 0 }],
    ["SHOW TABLES LIKE 'code_exec_logs'", { name: 'code_exec_logs' }],
    ['DESCRIBE TABLE code_executions', expect.objectContaining({ name: 'execution_id' })],
    ["SELECT * FROM code_executions WHERE execution_id = ''", undefined],
  ])('%s is answered with rows and columns', async (sql, row) => {
    const { data, columns } = await runSql(clickhouse.store, sql)
    expect(data[0]).toEqual(row)
    expect(columns.length).toBeGreaterThan(0)
  })

  it.each([
    ['SELECT nope', /Unknown expression identifier `nope`.*code 47/su],
    ['SELECT 1; SELECT 2', /Multi-statements are not allowed.*code 62/su],
    ['DROP TABLE code_exec_logs', /DROP is not allowed here.*code 497/su],
    ['SELECT 1 FORMAT CSV', /the statement asks for CSV/u],
    ['SELECT * FROM default.`/etc/passwd`', /not open to queries.*code 497/su],
  ])('%s is refused with the reason', async (sql, reason) => {
    await expect(runSql(clickhouse.store, sql)).rejects.toMatchObject({
      code: 'query_refused',
      message: expect.stringMatching(reason),
    })
  })
})
