import type { Store } from './client.ts'
import { statementsFor } from './cluster.ts'
import { isUnknownDatabase, listMigrations, readApplied, splitStatements } from './migrations.ts'

const CREATE_MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS exectrail_migrations (
  name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = ReplacingMergeTree ORDER BY name`

/**
 * Brings the tables up to date. Every file is idempotent, so two processes may migrate at once.
 * @throws {StoreError} with ClickHouse's message; earlier migrations stay applied
 */
export async function migrate(store: Store): Promise<{ applied: string[]; already: string[] }> {
  await createMigrationsTable(store)
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
  for (const each of statementsFor(statement, store.cluster)) await store.command(each)
}

/** Tables that were to replace another when the engine was killed: what they hold is in the other one. */
async function dropUnfinished(store: Store): Promise<void> {
  if (store.cluster !== null) return
  const tables = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^_tmp_replace_[a-z0-9_]+$')
       AND metadata_modification_time <= now() - uptime()`,
  )
  if (tables.length === 0) return
  // Asked after the tables are listed: another process may be replacing one of them.
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
