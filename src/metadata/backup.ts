/**
 * A logical backup of the metadata: JSON lines. The first names the format and the migrations, each other one is a row of a
 * table, the last counts them.
 */
import { sql } from 'kysely'
import { z } from 'zod'
import { SCHEMA, type Database, type Queries } from './database.ts'

/** Every table but those of the migrations, in the order in which they are restored. */
export const BACKED_UP = [
  'api_keys',
  'error_states',
  'audit_log',
  'alert_rules',
  'alerts',
  'alert_evaluations',
  'alert_silences',
  'alert_channels',
  'alert_notifications',
  'alert_evaluator',
  'budgets',
  'budget_use',
  'budget_holds',
  'budget_warnings',
  'blobs',
  'blob_references',
  'blob_drops',
  'blob_use',
  'link_secret',
  'installation_key',
  'registry_namespaces',
  'registry_agents',
  'registry_versions',
  'registry_tags',
  'registry_installs',
  'registry_keys',
  'registry_reports',
  'registry_statistics',
  'registry_refresh',
] as const

export const backupHeader = z.object({
  exectrail: z.literal('metadata'),
  format: z.literal(1),
  at: z.string(),
  migrations: z.array(z.string()),
})
export const backupRow = z.object({ table: z.enum(BACKED_UP), row: z.record(z.string(), z.unknown()) })
export const backupEnd = z.object({ end: z.literal(true), rows: z.int() })

/** Rows that are in memory at once: definitions of agents may have 8 MiB each. */
export function rowsAtOnce(table: (typeof BACKED_UP)[number]): number {
  return table === 'registry_versions' ? 8 : 500
}

/** Writes the lines of a backup, as the database is at one moment. Others may change it meanwhile. @returns rows */
export async function backUp(
  { queries }: Database,
  write: (lines: string) => Promise<void>,
): Promise<number> {
  return queries
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const header = { exectrail: 'metadata', format: 1, at: new Date().toISOString() }
      await write(toLine({ ...header, migrations: await readMigrationNames(transaction) }))
      let rows = 0
      for (const table of BACKED_UP) rows += await writeTable(transaction, table, write)
      await write(toLine({ end: true, rows }))
      return rows
    })
}

export async function readMigrationNames(queries: Queries): Promise<string[]> {
  const { rows } = await sql<{
    name: string
  }>`SELECT name FROM ${sql.table(`${SCHEMA}.migrations`)} ORDER BY name`.execute(queries)
  return rows.map(({ name }) => name)
}

async function writeTable(
  queries: Queries,
  table: (typeof BACKED_UP)[number],
  write: (lines: string) => Promise<void>,
): Promise<number> {
  const from = sql.table(`${SCHEMA}.${table}`)
  await sql`DECLARE backup NO SCROLL CURSOR FOR SELECT to_jsonb(rows) AS row FROM ${from} AS rows`.execute(
    queries,
  )
  for (let written = 0; ;) {
    const { rows } = await sql<{ row: unknown }>`FETCH ${sql.lit(rowsAtOnce(table))} FROM backup`.execute(
      queries,
    )
    if (rows.length === 0) {
      await sql`CLOSE backup`.execute(queries)
      return written
    }
    await write(rows.map(({ row }) => toLine({ table, row })).join(''))
    written += rows.length
  }
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
