import { afterAll, beforeAll, expect, it } from 'vitest'
import { createStore, type Store } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'
import { listMigrations, splitStatements } from '../../src/store/migrations.ts'
import { PASSWORD, startClickHouse, USER, type RunningClickHouse } from '../support/clickhouse.ts'
import { insertOtelRows } from '../support/otel-rows.ts'

const SMALLER = '0021_smaller_granules'
/** It and those after it. */
const LATER = [SMALLER, '0022_marks_in_memory', '0023_rarer_false_matches']
const MONTH_MS = 31 * 86_400_000

let clickhouse: RunningClickHouse
const opened: Store[] = []
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()))
  await clickhouse.stop()
})

/** A database of the release before, with rows in so many months. */
async function olderStore(database: string, months: number): Promise<Store> {
  const store = createStore({ url: clickhouse.url, user: USER, password: PASSWORD, database })
  opened.push(store)
  await store.createDatabase()
  await store.command(
    'CREATE TABLE exectrail_migrations (name String) ENGINE = ReplacingMergeTree ORDER BY name',
  )
  for (const { name, sql } of (await listMigrations()).filter((migration) => migration.name < SMALLER)) {
    for (const statement of splitStatements(sql)) await store.command(statement)
    await store.command('INSERT INTO exectrail_migrations (name) SELECT {name:String}', { name })
  }
  const rows = Array.from({ length: months * 20 }, (_, index) => ({
    executionId: `${index}`,
    startedMs: (index % months) * -MONTH_MS,
    attributes: { 'gen_ai.agent.id': `agent-${index % 3}`, 'code_exec.stdout': `said ${index}` },
  }))
  await insertOtelRows(store, rows)
  // A second delivery.
  await insertOtelRows(store, rows.slice(0, months))
  return store
}

const rowsOf = (store: Store): Promise<unknown[]> =>
  store.query('SELECT * FROM code_executions ORDER BY execution_id')

async function definitionOf(store: Store): Promise<string> {
  const [row] = await store.query<{ engine_full: string }>(
    "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'code_exec_logs'",
  )
  return row?.engine_full ?? ''
}

async function replacingIn(store: Store): Promise<unknown[]> {
  return store.query(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '_tmp_replace_')",
  )
}

it('has every row of before, its retention and its settings, and takes new rows', async () => {
  const store = await olderStore('older', 5)
  await store.command('ALTER TABLE code_exec_logs MODIFY TTL toDateTime(started_at) + INTERVAL 9000 DAY')
  const [rows, definition] = [await rowsOf(store), await definitionOf(store)]
  expect(rows).toHaveLength(100)
  expect((await migrate(store)).applied).toEqual(LATER)
  expect(await rowsOf(store)).toEqual(rows)
  const smaller = 'index_granularity = 1024, merge_max_block_size = 1024, min_compress_block_size = 8192'
  const marks = ', prewarm_mark_cache = 1'
  expect(await definitionOf(store)).toBe(definition.replace('index_granularity = 8192', smaller) + marks)
  await insertOtelRows(store, [{ executionId: 'new' }])
  await store.command('OPTIMIZE TABLE code_exec_logs FINAL')
  const after = await rowsOf(store)
  expect(after).toHaveLength(101)
  expect(after).toEqual(expect.arrayContaining(rows))
})

it('has granules of 1,024 rows in what is inserted and, after a merge, in what was there before', async () => {
  const store = await olderStore('read', 1)
  // Large parts are merged so, column by column.
  await store.command(
    'ALTER TABLE code_exec_logs MODIFY SETTING min_bytes_for_wide_part = 0, vertical_merge_algorithm_min_rows_to_activate = 1',
  )
  const insert = (from: number, count: number): Promise<void> =>
    store.command(
      `INSERT INTO code_exec_logs (execution_id, organization_id, code_agent_id, started_at)
       SELECT toString(number), 'acme', concat('agent-', toString(number % 10)), toDateTime64('2026-11-02', 9) + number
       FROM numbers({from:UInt32}, {count:UInt32})`,
      { from, count },
    )
  await insert(0, 30_000)
  await insert(30_000, 30_000)
  await migrate(store)
  expect(await rowsInGranule(store)).toBeGreaterThan(1024)
  await store.command('OPTIMIZE TABLE code_exec_logs FINAL')
  expect(await rowsInGranule(store)).toBeLessThanOrEqual(1024)
  await insert(60_000, 70_000)
  expect(await rowsInGranule(store)).toBeLessThanOrEqual(1024)
})

/** Of the largest part. */
async function rowsInGranule(store: Store): Promise<number> {
  const [part] = await store.query<{ rows: string }>(
    `SELECT rows / (marks - 1) AS rows FROM system.parts WHERE active AND database = currentDatabase() AND table = 'code_exec_logs'
     ORDER BY parts.rows DESC LIMIT 1`,
  )
  return Number(part?.rows)
}

it('is done with a table of any size', async () => {
  const store = await olderStore('large', 1)
  const [limit] = await store.query(
    "SELECT value FROM system.server_settings WHERE name = 'max_table_size_to_drop'",
  )
  expect(limit).toEqual({ value: '0' })
})

it('loses no row that is sent while the table is replaced', async () => {
  const store = await olderStore('busy', 12)
  const [sent, refused] = [[] as string[], [] as string[]]
  const over = new AbortController()
  const senders = [0, 1, 2].map(async (sender) => {
    for (let index = 0; !over.signal.aborted; index += 1) {
      const executionId = `sent ${sender} ${index}`
      await sendUntilTaken(store, executionId, refused)
      sent.push(executionId)
    }
  })
  await expect.poll(() => sent.length).toBeGreaterThan(20)
  expect((await migrate(store)).applied).toEqual(LATER)
  const afterwards = sent.length + 20
  await expect.poll(() => sent.length).toBeGreaterThan(afterwards)
  over.abort()
  await Promise.all(senders)
  expect(refused.length).toBeGreaterThan(0)
  const rows = await store.query<{ id: string }>(
    "SELECT execution_id AS id FROM code_executions WHERE execution_id LIKE 'sent %' ORDER BY id",
  )
  expect(rows.map(({ id }) => id)).toEqual(sent.toSorted())
  expect(await store.query('SELECT execution_id FROM code_executions')).toHaveLength(240 + sent.length)
})

/** As the Collector does: what is refused is sent again. */
async function sendUntilTaken(store: Store, executionId: string, refused: string[]): Promise<void> {
  for (;;) {
    try {
      await insertOtelRows(store, [{ executionId }])
      return
    } catch (error) {
      expect(String(error)).toContain('not_while_it_is_replaced')
      refused.push(executionId)
    }
  }
}

it('that is killed half-way is completed by the next start, and leaves no table behind', async () => {
  const store = await olderStore('killed', 12)
  const rows = await rowsOf(store)
  const killed = migrate(store).catch((error: unknown) => error)
  await expect.poll(() => replacingIn(store), { interval: 1 }).toHaveLength(1)
  await clickhouse.restart()
  expect(await killed).toBeInstanceOf(Error)
  expect(await rowsOf(store)).toEqual(rows)
  expect((await migrate(store)).applied).toEqual(LATER)
  expect(await definitionOf(store)).toContain('index_granularity = 1024')
  expect(await rowsOf(store)).toEqual(rows)
  expect(await replacingIn(store)).toEqual([])
})
