/** Sessions keep nothing, and say so: neither a table nor a setting is lost in silence or seen by another. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

const SESSION = { session_id: 'mine', session_timeout: '60' }

function ask(
  who: 'caller' | 'read',
  body: string,
  search: Record<string, string> = SESSION,
): Promise<Response> {
  return askClickHouse(clickhouse, search, { method: 'POST', body, headers: keyOf(who) })
}

it.each([
  ['CREATE TEMPORARY TABLE kept (n UInt8)', 'use WITH, or send the rows as an external table'],
  ['CREATE OR REPLACE TEMPORARY TABLE kept (n UInt8)', 'use WITH, or send the rows as an external table'],
  ['CREATE TEMPORARY TABLE kept AS SELECT 1', 'use WITH, or send the rows as an external table'],
  ['DROP TEMPORARY TABLE kept', 'use WITH, or send the rows as an external table'],
  ['SET max_threads = 1', 'send settings in the URL or in SETTINGS'],
  ['USE system', 'send the database in the URL'],
])('%s answers NOT_IMPLEMENTED and what to use', async (sql, instead) => {
  for (const who of ['caller', 'read'] as const)
    for (const search of [SESSION, {}]) {
      const answer = await ask(who, sql, search)
      expect([answer.status, answer.headers.get('X-ClickHouse-Exception-Code')]).toEqual([501, '48'])
      expect(await answer.text()).toMatch(
        new RegExp(`sessions keep nothing here; ${instead}. \\(NOT_IMPLEMENTED\\)`, 'u'),
      )
      expect((await ask(who, 'SELECT * FROM kept', search)).status).toBe(404)
    }
})

it('a table or a view may be called temporary', async () => {
  expect((await ask('caller', 'CREATE TABLE temporary (temporary UInt8) ENGINE = Memory')).status).toBe(200)
  expect(await (await ask('read', 'SELECT count(temporary) AS temporary FROM temporary')).text()).toBe('0\n')
})

it('a session that has to be there is not found', async () => {
  const answer = await ask('read', 'SELECT 1', { ...SESSION, session_check: '1' })
  expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe('372')
})
