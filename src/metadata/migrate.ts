/** Brings the tables of the metadata up to date. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { SCHEMA, type Database } from './database.ts'

const FOLDER = join(import.meta.dirname, '../../postgres/migrations')

/**
 * Applies the files of `postgres/migrations` that the database does not have, in one transaction. Several processes may
 * migrate at once: one does, the others wait.
 * @throws with the message of Postgres; nothing is applied then
 */
export async function migrateMetadata(database: Database): Promise<{ applied: string[] }> {
  const { error, results = [] } = await createMigrator(database).migrateToLatest()
  if (error !== undefined) throw error
  return { applied: results.map(({ migrationName }) => migrationName) }
}

/** Names of the migrations that the database does not have. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const all = await createMigrator(database).getMigrations()
  return all.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name)
}

function createMigrator({ queries }: Database): Migrator {
  return new Migrator({
    db: queries,
    provider: { getMigrations: readMigrations },
    migrationTableSchema: SCHEMA,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  })
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(FOLDER)).filter((file) => /^\d{4}_\w+\.sql$/u.test(file)).toSorted()
  const entries = files.map(async (file): Promise<[string, Migration]> => {
    const text = await readFile(join(FOLDER, file), 'utf8')
    return [file.slice(0, -4), { up: async (db) => void (await sql.raw(text).execute(db)) }]
  })
  return Object.fromEntries(await Promise.all(entries))
}
