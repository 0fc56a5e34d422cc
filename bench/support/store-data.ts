/**
 * A store full of rows in the user's cache, made once for a number of rows and the migrations: exectrail/bench-store/…, to
 * be removed by hand.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig, type Config } from '../../src/config.ts'
import { startStore } from '../../src/stack/store-component.ts'
import type { StoreUsers } from '../../src/stack/store-users.ts'
import { createStore, type Store } from '../../src/store/client.ts'
import { refreshRollups } from '../../src/store/rollups/refresh.ts'
import { listMigrations } from '../../src/store/migrations.ts'
import { COLUMNS, DAYS, LARGE_AGENT, rowsOf, type Part } from './store-rows.ts'

export interface FullStore {
  /** As the service. */
  store: Store
  users: StoreUsers
  /** End of the twelve months, ms since the epoch. */
  endMs: number
  stop(): Promise<void>
}

const HOUR_MS = 3_600_000
const PART = 500_000
/** Both cores make rows. */
const AT_ONCE = 2
/** The rows of the last day come in so many batches, so that the month that still grows has small parts. */
const LAST_BATCHES = 24
const MERGES_MS = 600_000

/** The home of a store with so many rows. */
export async function homeOf(rows: number): Promise<string> {
  const migrations = (await listMigrations()).map(({ name, sql }) => `${name} ${sql}`).join()
  const rowsSql = rowsOf({ first: 0, count: 0, total: 0, endMs: 0 }).sql
  const hash = createHash('sha256')
    .update(migrations + rowsSql)
    .digest('hex')
    .slice(0, 12)
  return join(loadConfig().cacheDir, 'bench-store', `${rows}-${hash}`)
}

/** Starts the store; fills it where it is new. */
export async function openFullStore(rows: number): Promise<FullStore> {
  const home = await homeOf(rows)
  const mark = join(home, 'full.json')
  if (!existsSync(mark)) rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  const config = loadConfig({ ...process.env, EXECTRAIL_HOME: home, EXECTRAIL_PORT: '0' })
  const opened = await open(config)
  const isFull = existsSync(mark)
  const { endMs } = isFull
    ? (JSON.parse(readFileSync(mark, 'utf8')) as { endMs: number })
    : { endMs: Math.floor(Date.now() / HOUR_MS) * HOUR_MS }
  if (!isFull) await fill(opened.store, rows, endMs)
  writeFileSync(mark, JSON.stringify({ endMs }))
  await keepFigures(opened.store)
  return { ...opened, endMs }
}

async function open(config: Config): Promise<Omit<FullStore, 'endMs'>> {
  const component = await startStore(config, () => undefined)
  const store = createStore(component.users.service)
  return {
    store,
    users: component.users,
    async stop() {
      await store.close()
      await component.stop()
    },
  }
}

async function fill(store: Store, rows: number, endMs: number): Promise<void> {
  const begun = performance.now()
  const { older, lastDay } = partsOf(rows, endMs)
  // Otherwise the time is that of a hundred syncs for each part, and each row is merged several times.
  await store.command(
    'ALTER TABLE code_exec_logs MODIFY SETTING fsync_after_insert = 0, max_bytes_to_merge_at_max_space_in_pool = 1',
  )
  await inTurns(older, (part) => insertRows(store, part, 'SETTINGS optimize_on_insert = 0'))
  await store.command(
    'ALTER TABLE code_exec_logs RESET SETTING fsync_after_insert, max_bytes_to_merge_at_max_space_in_pool',
  )
  for (const part of lastDay) await insertRows(store, part)
  const seconds = (performance.now() - begun) / 1000
  console.log(`${rows} rows made in ${seconds.toFixed(0)} s, ${Math.round(rows / seconds)} rows/s`)
  await insertStarts(store, endMs)
  await awaitMerges(store)
  await mergePast(store, endMs)
}

/** Works at the items in order, some at once. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values()
  const take = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, take))
}

/** As the engine does when nothing has arrived for a day. */
async function mergePast(store: Store, endMs: number): Promise<void> {
  const begun = performance.now()
  const parts = await store.query<{ partition: string }>(
    "SELECT DISTINCT partition FROM system.parts WHERE active AND database = currentDatabase() AND table = 'code_exec_logs'",
  )
  const last = new Date(endMs - 1).toISOString().slice(0, 7).replace('-', '')
  const past = parts.filter((part) => part.partition < last)
  await inTurns(past, async ({ partition }) => {
    // A long merge goes on when the request has ended.
    await store.command(`OPTIMIZE TABLE code_exec_logs PARTITION ${partition} FINAL`).catch(() => undefined)
    await awaitMerges(store, partition)
  })
  console.log(`past months merged in ${secondsSince(begun)} s`)
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(0)
}

async function keepFigures(store: Store): Promise<void> {
  const begun = performance.now()
  const { days } = await refreshRollups(store)
  if (days > 0) console.log(`figures of ${days} days kept in ${secondsSince(begun)} s`)
}

function partsOf(total: number, endMs: number): { older: Part[]; lastDay: Part[] } {
  const lastRows = Math.floor(total / DAYS)
  const sized = (first: number, end: number, size: number): Part[] =>
    Array.from({ length: Math.ceil((end - first) / size) }, (_, index) => ({
      first: first + index * size,
      count: Math.min(size, end - first - index * size),
      total,
      endMs,
    }))
  return {
    older: sized(0, total - lastRows, PART),
    lastDay: sized(total - lastRows, total, Math.ceil(lastRows / LAST_BATCHES)),
  }
}

/** Inserts the rows of a part. @param settings a SETTINGS clause */
export async function insertRows(store: Store, part: Part, settings = ''): Promise<void> {
  const { sql, parameters } = rowsOf(part)
  await store.command(`INSERT INTO code_exec_logs (${COLUMNS.join(', ')}) ${settings} ${sql}`, parameters)
}

const STARTED = [
  'execution_id',
  'organization_id',
  'workspace_id',
  'user_id',
  'code_agent_id',
  'workflow_execution_id',
  'node_id',
  'attempt',
  'runtime',
  'language',
  'limit_timeout_ms',
  'code_sha256',
  'code_bytes',
  'started_at',
  'executor_id',
  'trace_id',
].join(', ')

/** The starts of the last days; one of a thousand has no end. */
async function insertStarts(store: Store, endMs: number): Promise<void> {
  await store.command(
    `INSERT INTO code_exec_events (${STARTED}, event_name, timestamp, inserted_at)
     SELECT ${STARTED.replace('execution_id', "if(cityHash64(execution_id) % 1000 = 0, concat(substring(execution_id, 1, 35), '-'), execution_id)")},
       'code_exec.started', started_at, started_at
     FROM code_exec_logs WHERE started_at >= fromUnixTimestamp64Milli({from:Int64})`,
    { from: endMs - 6 * 24 * HOUR_MS },
  )
}

/** Until the engine merges no more, as in a quiet minute. @param partition of one month */
async function awaitMerges(store: Store, partition = ''): Promise<void> {
  const begun = performance.now()
  for (let quiet = 0; quiet < 3 && performance.now() - begun < MERGES_MS;) {
    const [row] = await store.query<{ n: string }>(
      'SELECT count() AS n FROM system.merges WHERE startsWith(partition_id, {partition:String})',
      { partition },
    )
    quiet = Number(row?.n) === 0 ? quiet + 1 : 0
    await pause(200)
  }
}

/** Rows, parts and bytes on disk of the table, and rows of the large agent. */
export async function describe(store: Store): Promise<string> {
  const tables = await store.query<{ table: string; rows: string; parts: string; bytes: string }>(
    `SELECT table, sum(rows) AS rows, count() AS parts, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table LIKE 'code_exec%' GROUP BY table ORDER BY table`,
  )
  const [large] = await store.query<{ n: string }>(
    `SELECT count() AS n FROM code_exec_logs WHERE organization_id = 'org-000' AND code_agent_id = '${LARGE_AGENT}'`,
  )
  const lines = tables.map(
    ({ table, rows, parts, bytes }) =>
      `${table}: ${Number(rows).toLocaleString('en')} rows in ${parts} parts, ${(Number(bytes) / 1_048_576).toFixed(0)} MiB, ${(Number(bytes) / Number(rows)).toFixed(1)} bytes a row`,
  )
  return [...lines, `the largest agent: ${Number(large?.n).toLocaleString('en')} rows`].join('\n')
}
