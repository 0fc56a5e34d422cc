import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStore, type Store } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'
import { withMigrationLock } from '../../src/store/migration-lock.ts'
import { listMigrations } from '../../src/store/migrations.ts'
import { PASSWORD, startClickHouse, USER, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
const opened: Store[] = []
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()))
  await clickhouse.stop()
})

function storeOf(database: string): Store {
  const store = createStore({ url: clickhouse.url, user: USER, password: PASSWORD, database })
  opened.push(store)
  return store
}

async function tablesOf(store: Store): Promise<string[]> {
  const rows = await store.query<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
  )
  return rows.map((row) => row.name)
}

const TABLES = [
  'code_exec_events',
  'code_exec_logs',
  'code_exec_rollup_days',
  'code_exec_rollup_failures',
  'code_exec_rollup_values',
  'code_exec_rollups',
  'code_executions',
  'exectrail_migrations',
  'otel_traces',
]

describe('the migrations', () => {
  it('are numbered without a gap', async () => {
    const numbers = (await listMigrations()).map(({ name }) => Number(name.slice(0, 4)))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it('make a database that is not there, and a second time do nothing', async () => {
    const store = storeOf("an odd `name's")
    const all = (await listMigrations()).map(({ name }) => name)
    expect(await store.pendingMigrations()).toEqual(all)
    expect(await migrate(store)).toEqual({ applied: all, already: [] })
    expect(await tablesOf(store)).toEqual(TABLES)
    expect(await migrate(store)).toEqual({ applied: [], already: all })
    expect(await store.pendingMigrations()).toEqual([])
  })

  it('are applied by one of several that start at once, while the others wait', async () => {
    const stores = Array.from({ length: 4 }, () => storeOf('together'))
    const all = (await listMigrations()).map(({ name }) => name)
    const migrated = await Promise.all(stores.map((store) => migrate(store)))
    expect(migrated.toSorted((a, b) => b.applied.length - a.applied.length)).toEqual([
      { applied: all, already: [] },
      ...stores.slice(1).map(() => ({ applied: [], already: all })),
    ])
    expect(await tablesOf(stores[0] as Store)).toEqual(TABLES)
    expect((await migrate(stores[1] as Store)).applied).toEqual([])
  })

  it('wait for a process that migrates for long', async () => {
    const store = storeOf('locked')
    await store.createDatabase()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const holder = withMigrationLock(store, () => held)
    await expect.poll(() => tablesOf(store)).toContain('exectrail_migrations_lock')
    const waiting = migrate(store)
    await expect.poll(() => tablesOf(store)).toContain('exectrail_migrations')
    expect(await Promise.race([waiting, tablesOf(store)])).not.toHaveProperty('applied')
    release()
    await holder
    expect((await waiting).applied).not.toEqual([])
    expect(await tablesOf(store)).toEqual(TABLES)
  })

  it('are wanting where a table was dropped, and bring it back', async () => {
    const store = storeOf('dropped')
    await migrate(store)
    await store.command("INSERT INTO code_exec_logs (execution_id) SELECT 'kept'")
    await store.command('DROP TABLE otel_traces')
    expect(await store.pendingMigrations()).toContain('0003_otel_traces')
    await migrate(store)
    expect(await tablesOf(store)).toEqual(TABLES)
    expect(await store.pendingMigrations()).toEqual([])
    expect(await store.query('SELECT execution_id FROM code_exec_logs')).toEqual([{ execution_id: 'kept' }])
  })

  it('do no harm to rows where they are applied again file by file', async () => {
    const store = storeOf('again')
    await migrate(store)
    await store.command("INSERT INTO code_exec_logs (execution_id) SELECT 'kept'")
    await store.command('TRUNCATE TABLE exectrail_migrations')
    expect((await migrate(store)).applied).toHaveLength((await listMigrations()).length)
    expect(await store.query('SELECT execution_id FROM code_exec_logs')).toEqual([{ execution_id: 'kept' }])
  })

  it('leave rows readable that are older than a column', async () => {
    const store = storeOf('older')
    await store.createDatabase()
    for (const { sql } of (await listMigrations()).slice(0, 4)) await store.command(sql)
    await store.command("INSERT INTO code_exec_logs (execution_id) SELECT 'old'")
    await migrate(store)
    await store.command(
      "INSERT INTO code_exec_logs (execution_id, LogAttributes) SELECT 'new', map('code_exec.sandbox.age_ms', '7.5', 'gen_ai.tool.call.id', 'call-1')",
    )
    const rows = 'SELECT execution_id, sandbox_age_ms, tool_call_id FROM code_exec_logs ORDER BY execution_id'
    const expected = [
      { execution_id: 'new', sandbox_age_ms: 7.5, tool_call_id: 'call-1' },
      { execution_id: 'old', sandbox_age_ms: null, tool_call_id: null },
    ]
    expect(await store.query(rows)).toEqual(expected)
    await store.command('OPTIMIZE TABLE code_exec_logs FINAL')
    expect(await store.query(rows)).toEqual(expected)
  })
})

describe('a store', () => {
  it('that is not there is unavailable, with a hint', async () => {
    const store = createStore({ url: 'http://127.0.0.1:9', user: 'u', password: 'p', database: 'd' })
    opened.push(store)
    for (const call of [store.ping(), store.query('SELECT 1'), migrate(store)])
      await expect(call).rejects.toMatchObject({ code: 'store_unavailable', hint: expect.any(String) })
  })

  it('says what a statement got wrong in the words of ClickHouse', async () => {
    await expect(storeOf('exectrail').query('SELECT nope')).rejects.toMatchObject({
      code: 'query_refused',
      message: expect.stringMatching(/^ClickHouse: Unknown expression identifier `nope`.*\(code 47\)$/u),
    })
  })

  it('refuses a wrong password as such', async () => {
    const store = createStore({ url: clickhouse.url, user: USER, password: 'wrong', database: 'exectrail' })
    opened.push(store)
    await expect(store.query('SELECT 1')).rejects.toMatchObject({
      code: 'query_refused',
      message: expect.stringContaining('(code 516)'),
    })
  })
})
