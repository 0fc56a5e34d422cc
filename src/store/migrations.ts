/** The migrations in `clickhouse/migrations`, and which of them a database has. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CALLER_TABLES, CLOSED_TABLES } from '../clickhouse-endpoint/caller-rows.ts'

export interface Migration {
  /** File name without `.sql`, such as `0001_code_exec_logs`. */
  name: string
  sql: string
}

interface Queryable {
  query<Row>(sql: string, parameters?: Readonly<Record<string, unknown>>): Promise<Row[]>
}

const FOLDER = join(import.meta.dirname, '../../clickhouse/migrations')
/** The tables that the migrations create. */
const TABLES = [...Object.keys(CALLER_TABLES), ...CLOSED_TABLES]
const UNKNOWN_TABLE = /\(code 60\)/u
const TABLE_EXISTS = /\(code 57\)/u
const UNKNOWN_DATABASE = /\(code 81\)/u

/** The numbered files of `clickhouse/migrations`, in order. */
export async function listMigrations(): Promise<Migration[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^\d{4}_\w+\.sql$/u.test(file)).toSorted()
  return Promise.all(
    files.map(async (file) => ({ name: file.slice(0, -4), sql: await readFile(join(FOLDER, file), 'utf8') })),
  )
}

/** Names of the migrations that this database has; empty when it was never migrated or has lost a table since. */
export async function readApplied(store: Queryable): Promise<string[]> {
  try {
    const rows = await store.query<{ name: string }>(
      'SELECT name FROM exectrail_migrations FINAL ORDER BY name',
    )
    if (rows.length > 0 && (await hasLostTable(store))) return []
    return rows.map((row) => row.name)
  } catch (error) {
    if (isUnknownDatabase(error) || (error instanceof Error && UNKNOWN_TABLE.test(error.message))) return []
    throw error
  }
}

export function isTableThere(error: unknown): boolean {
  return error instanceof Error && TABLE_EXISTS.test(error.message)
}

export function isUnknownDatabase(error: unknown): boolean {
  return error instanceof Error && UNKNOWN_DATABASE.test(error.message)
}

async function hasLostTable(store: Queryable): Promise<boolean> {
  const [found] = await store.query<{ tables: string }>(
    `SELECT count() AS tables FROM system.tables
     WHERE database = currentDatabase() AND name IN ({tables:Array(String)})`,
    { tables: TABLES },
  )
  return Number(found?.tables ?? 0) < TABLES.length
}

/** The statements of a file: each ends with a semicolon at the end of a line. */
export function splitStatements(sql: string): string[] {
  return sql
    .split(/;\s*$/mu)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
