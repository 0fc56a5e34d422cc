import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from './client.ts'

export interface Migration {
  /** File name without `.sql`, such as `0001_code_exec_logs`. */
  name: string
  sql: string
}

const FOLDER = join(import.meta.dirname, '../../clickhouse/migrations')
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS exectrail_migrations (
  name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = ReplacingMergeTree ORDER BY name`
const UNKNOWN_TABLE = /\(code 60\)/u
const UNKNOWN_DATABASE = /\(code 81\)/u

/** The numbered files of `clickhouse/migrations`, in order. */
export async function listMigrations(): Promise<Migration[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^\d{4}_\w+\.sql$/u.test(file)).toSorted()
  return Promise.all(
    files.map(async (file) => ({ name: file.slice(0, -4), sql: await readFile(join(FOLDER, file), 'utf8') })),
  )
}

/** What the migrations make. */
const TABLES = ['code_exec_logs', 'code_exec_events', 'otel_traces']

/** Names of the migrations this database has had; none where it was never migrated, or lost a table since. */
export async function readApplied(store: Pick<Store, 'query'>): Promise<string[]> {
  try {
    const rows = await store.query<{ name: string }>(
      'SELECT name FROM exectrail_migrations FINAL ORDER BY name',
    )
    if (rows.length > 0 && (await hasLostTable(store))) return []
    return rows.map((row) => row.name)
  } catch (error) {
    if (error instanceof Error && (UNKNOWN_TABLE.test(error.message) || UNKNOWN_DATABASE.test(error.message)))
      return []
    throw error
  }
}

async function hasLostTable(store: Pick<Store, 'query'>): Promise<boolean> {
  const [found] = await store.query<{ tables: string }>(
    `SELECT count() AS tables FROM system.tables
     WHERE database = currentDatabase() AND name IN ({tables:Array(String)})`,
    { tables: TABLES },
  )
  return Number(found?.tables ?? 0) < TABLES.length
}

/**
 * Brings the tables up to date. Every file is idempotent, so two that migrate at once do no harm.
 * @throws {StoreError} in ClickHouse's words; what was applied before stays
 */
export async function migrate(store: Store): Promise<{ applied: string[]; already: string[] }> {
  await prepare(store)
  const already = await readApplied(store)
  const applied: string[] = []
  for (const { name, sql } of await listMigrations()) {
    if (already.includes(name)) continue
    for (const statement of splitStatements(sql)) await store.command(statement)
    await store.command('INSERT INTO exectrail_migrations (name) SELECT {name:String}', { name })
    applied.push(name)
  }
  return { applied, already }
}

async function prepare(store: Store): Promise<void> {
  try {
    await store.command(BOOKKEEPING)
  } catch (error) {
    if (!(error instanceof Error && UNKNOWN_DATABASE.test(error.message))) throw error
    await store.createDatabase()
    await store.command(BOOKKEEPING)
  }
}

/** Statements of a file; a line that ends in a semicolon ends one. */
function splitStatements(sql: string): string[] {
  return sql
    .split(/;\s*$/mu)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
