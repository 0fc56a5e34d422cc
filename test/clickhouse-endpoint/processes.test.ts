/** What callers see of running statements, and of where the endpoint keeps its files. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { waitFor } from '../support/wait.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
  await ask('full', 'CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n')
  await ask('full', 'INSERT INTO kept VALUES (1)')
})
afterAll(() => clickhouse.stop())

type Who = 'full' | 'caller' | 'read'
const USERS = ['full', 'caller', 'read'] as const

async function ask(who: Who, body: string | FormData, search: Record<string, string> = {}): Promise<string> {
  return (await askClickHouse(clickhouse, search, { method: 'POST', body, headers: keyOf(who) })).text()
}

/** Runs `use` while the user has this statement running. */
async function whileRunning(who: Who, name: string, use: () => Promise<void>): Promise<void> {
  const slow = `SELECT '${name}', count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1`
  const running = ask(who, slow, { query_id: name })
  const listed = `SELECT count() FROM system.processes WHERE query_id = '${name}'`
  await waitFor(async () => (await ask('full', listed)) === '1\n', { what: 'the statement' })
  try {
    await use()
  } finally {
    await ask(who, `KILL QUERY WHERE query_id = '${name}' SYNC`)
    await running
  }
}

/** What the endpoint's own files and statements contain. */
const OWN =
  /OUTFILE|INFILE|exectrail-|\/tmp|\/dev\/shm|\/home|distributed_ddl_task_timeout|additional_table_f/u

describe('running statements', () => {
  it.each([
    'SELECT query FROM system.processes',
    'SELECT query FROM `system` . "processes" FORMAT TSV',
    'WITH p AS (SELECT * FROM system.processes) SELECT query FROM p',
    'SELECT system.processes.query FROM system.processes',
    'SELECT arrayJoin((SELECT groupArray(query) FROM system.processes))',
    'SELECT p.query FROM system.one AS o, system.processes AS p',
    'select query from system.processes where query_id in (select query_id from system.processes)',
  ])('are shown as they were sent: %s', async (query) => {
    for (const who of USERS) {
      const shown = await ask(who, `${query} -- mine`)
      expect(shown.replaceAll('\\', '')).toBe(`${query} -- mine\n`)
    }
  })

  it('name the user and the query_id of their client', async () => {
    const query = 'SELECT user, initial_user, query_id, initial_query_id FROM system.processes'
    expect(await ask('read', query, { query_id: 'one' })).toBe('reader\treader\tone\tone\n')
    const answer = await askClickHouse(clickhouse, { query }, { headers: keyOf('read') })
    const id = answer.headers.get('X-ClickHouse-Query-Id')
    expect(await answer.text()).toBe(`reader\treader\t${id}\t${id}\n`)
  })

  it.each([
    'SHOW PROCESSLIST',
    'SHOW FULL PROCESSLIST',
    'SHOW PROCESSLIST FORMAT Vertical',
    'SELECT * FROM system.processes FORMAT JSON',
    'SELECT Settings, ProfileEvents, client_hostname FROM system.processes',
    'EXPLAIN SELECT (SELECT groupArray(query) FROM system.processes)',
    'EXPLAIN QUERY TREE SELECT query FROM system.processes',
    'DESCRIBE TABLE system.processes',
    'SELECT nosuch FROM system.processes',
    'SELECT throwIf(1) FROM system.processes',
  ])('show nothing of the endpoint by %s', async (query) => {
    for (const who of USERS) expect(await ask(who, query)).not.toMatch(OWN)
  })

  it('of other users are not shown to a reader, its own are', async () => {
    for (const query of ['SHOW PROCESSLIST', 'SELECT query FROM system.processes'])
      await whileRunning('caller', 'hidden', async () => {
        expect(await ask('read', query)).not.toContain('hidden')
        await whileRunning('read', 'shown', async () => {
          const shown = await ask('read', query)
          expect([shown.includes('shown'), shown.includes('hidden')]).toEqual([true, false])
        })
      })
  })

  it('of all users are shown to a user with every right', async () => {
    await whileRunning('read', 'seen', async () => {
      expect(await ask('caller', 'SELECT user, query FROM system.processes')).toMatch(
        /^reader\tSELECT .*seen/mu,
      )
    })
  })

  it('of a database system are named with it', async () => {
    const text = await ask('caller', 'SELECT query FROM processes', { database: 'system' })
    expect(text).toMatch(/^Code: 497\./u)
  })

  it('end when their list was asked', async () => {
    await ask('read', 'SELECT query FROM system.processes')
    expect(await ask('read', "SELECT getSetting('query_cache_tag')")).toBe('\n')
  })
})

describe('the files of the endpoint', () => {
  it.each([
    'SELECT data_path, metadata_path FROM system.databases',
    'SELECT data_paths, metadata_path FROM system.tables',
    'SELECT path FROM system.parts',
    'SELECT * FROM system.parts_columns',
    'SELECT * FROM system.settings',
    'SELECT * FROM system.merge_tree_settings',
    'SELECT * FROM system.build_options',
    'SHOW CREATE TABLE kept',
    'EXPLAIN SELECT * FROM kept',
    'EXPLAIN indexes = 1, json = 1 SELECT * FROM kept FORMAT TSVRaw',
    'SELECT * FROM kept FORMAT Nope',
    'SELECT _path FROM kept',
  ])('are not seen by %s', async (query) => {
    for (const who of USERS)
      expect(await ask(who, query)).not.toMatch(/\/tmp|\/dev\/shm|\/home|exectrail-[acr]/u)
  })

  it.each(['Native', 'RowBinary', 'Parquet', 'CSV', 'JSONEachRow', 'Arrow', 'Avro', 'Values'])(
    'are not seen in the error of rows that are no %s',
    async (format) => {
      for (const columns of ['', ' (n)']) {
        const text = await ask('caller', '\u0001\u0001broken!', {
          query: `INSERT INTO kept${columns} FORMAT ${format}`,
        })
        expect(text).toMatch(/^Code: /u)
        expect(text).not.toMatch(/\/tmp|\/dev\/shm|\/proc|exectrail-/u)
      }
    },
  )

  it.each([
    ['SELECT n FROM t', 'x'],
    ['SELECT _path, _file FROM t', '1'],
    ['SELECT nosuch FROM t', '1'],
    ['SELECT throwIf(n = 1) FROM t', '1'],
    ['WITH p AS (SELECT query FROM system.processes) SELECT query FROM p, t', '1'],
    ['EXPLAIN SELECT * FROM t', '1'],
  ])('are not seen by %s of an external table', async (query, rows) => {
    const form = new FormData()
    form.set('t', new Blob([rows]), 't')
    const text = await ask('read', form, { query, t_structure: 'n UInt8' })
    expect(text).not.toMatch(/\/tmp|\/dev\/shm|\/proc|exectrail-/u)
  })
})
