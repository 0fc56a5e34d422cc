/** The Postgres of the metadata, through Kysely. */
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { openPool } from './pool.ts'
import type { Tables } from './tables.ts'

/** Our tables are in a schema of their own, because the database may be shared with other programs. */
export const SCHEMA = 'exectrail'

/** Runs statements over the tables; a transaction or the database. */
export type Queries = Kysely<Tables> | Transaction<Tables>

export interface Database {
  readonly queries: Kysely<Tables>
  /** @throws {MetadataError} when it does not answer */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Opens the database of a URL `postgresql://…`; it connects on the first statement. */
export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    application_name: 'exectrail',
    allowExitOnIdle: true,
  })
  const guarded = openPool(pool)
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guarded }) }).withSchema(SCHEMA)
  return {
    queries,
    async ping() {
      const client = await guarded.connect()
      try {
        await client.query('SELECT 1', [])
      } finally {
        client.release()
      }
    },
    close: () => queries.destroy(),
  }
}
