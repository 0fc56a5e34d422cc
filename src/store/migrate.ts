import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from './client.ts'
import { statementsFor } from './cluster.ts'
import { withMigrationLock } from './migration-lock.ts'
import { StoreError } from '../errors.ts'
import { isUnknownDatabase, listMigrations, readApplied, splitStatements } from './migrations.ts'

const CREATE_MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS exectrail_migrations (
  name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = ReplacingMergeTree ORDER BY name`

const INSERTS_SECONDS = 120
const POLL_MS = 20

interface Migrated {
  applied: string[]
  already: string[]
}

/**
 * Brings the tables up to date. Every file is idempotent; processes that migrate at once take turns.
 * @throws {StoreError} with ClickHouse's message; earlier migrations stay applied
 */
export async function migrate(store: Store): Promise<Migrated> {
  await createMigrationsTable(store)
  const already = await readApplied(store)
  const isPending = (await listMigrations()).some(({ name }) => !already.includes(name))
  return isPending ? withMigrationLock(store, () => applyPending(store)) : { applied: [], already }
}

async function applyPending(store: Store): Promise<Migrated> {
  await dropUnfinished(store)
  const already = await readApplied(store)
  const applied: string[] = []
  for (const { name, sql } of await listMigrations()) {
    if (already.includes(name)) continue
    for (const statement of splitStatements(sql)) await run(store, statement)
    await store.command('INSERT INTO exectrail_migrations (name) SELECT {name:String}', { name })
    applied.push(name)
  }
  return { applied, already }
}

async function run(store: Store, statement: string): Promise<void> {
  for (const each of statementsFor(statement, store.cluster)) {
    if (each.includes('CLONE AS')) await insertsUnderWay(store)
    await store.command(each)
  }
}

/** Resolves when no insert runs that began before: a clone would not have its rows. @throws {StoreError} after two minutes */
async function insertsUnderWay(store: Store): Promise<void> {
  const sinceMs = performance.now()
  for (;;) {
    const seconds = (performance.now() - sinceMs) / 1000
    const inserts = await store.query(
      "SELECT 1 FROM system.processes WHERE query_kind LIKE '%Insert%' AND elapsed >= {seconds:Float64}",
      { seconds },
    )
    if (inserts.length === 0) return
    if (seconds > INSERTS_SECONDS)
      throw new StoreError('store_unavailable', `an insert takes longer than ${INSERTS_SECONDS} s`, {
        hint: 'system.processes shows it; end it, and migrate again.',
      })
    await delay(POLL_MS)
  }
}

/** Tables that were to replace another when the engine was killed: what they hold is in the other one. */
async function dropUnfinished(store: Store): Promise<void> {
  if (store.cluster !== null) return
  const tables = await store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^_tmp_replace_[a-z0-9_]+$')",
  )
  if (tables.length === 0) return
  // Asked after the tables are listed: somebody else may be replacing one of them.
  const creating = await store.query("SELECT 1 FROM system.processes WHERE query_kind = 'Create'")
  if (creating.length > 0) return
  for (const { name } of tables) await store.command(`DROP TABLE IF EXISTS ${name}`)
}

async function createMigrationsTable(store: Store): Promise<void> {
  try {
    await run(store, CREATE_MIGRATIONS_TABLE)
  } catch (error) {
    if (!isUnknownDatabase(error)) throw error
    await store.createDatabase()
    await run(store, CREATE_MIGRATIONS_TABLE)
  }
}
