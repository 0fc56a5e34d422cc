/** Puts a backup into an empty database. */
import { sql } from 'kysely'
import type { z } from 'zod'
import { InvalidRequestError, ExectrailError } from '../errors.ts'
import { BACKED_UP, backupEnd, backupHeader, backupRow, readMigrationNames, rowsAtOnce } from './backup.ts'
import { SCHEMA, type Database, type Queries } from './database.ts'

/** Their ids count up. */
const NUMBERED = ['audit_log', 'registry_agents'] as const
type Row = z.infer<typeof backupRow>

/**
 * Restores all of it, or nothing.
 * @returns rows
 * @throws {ExectrailError} `conflict` when the database has rows
 * @throws {InvalidRequestError} when the file is no backup, is cut short, or was written by a later release
 */
export async function restore({ queries }: Database, lines: AsyncIterable<string>): Promise<number> {
  return queries.transaction().execute(async (transaction) => {
    await requireEmpty(transaction)
    let rows = 0
    let waiting: Row[] = []
    for await (const item of readBackup(lines, await readMigrationNames(transaction))) {
      if (waiting.length === rowsAtOnce(item.table) || waiting[0]?.table !== item.table) {
        await insert(transaction, waiting)
        waiting = []
      }
      waiting.push(item)
      rows += 1
    }
    await insert(transaction, waiting)
    for (const table of NUMBERED)
      await sql`SELECT setval(pg_get_serial_sequence(${`${SCHEMA}.${table}`}, 'id'), max(id))
        FROM ${sql.table(`${SCHEMA}.${table}`)} HAVING max(id) IS NOT NULL`.execute(transaction)
    return rows
  })
}

/** @throws {ExectrailError} `conflict` when the database has rows */
export async function requireEmpty(queries: Queries): Promise<void> {
  for (const table of BACKED_UP) {
    const { rows } = await sql`SELECT 1 FROM ${sql.table(`${SCHEMA}.${table}`)} LIMIT 1`.execute(queries)
    if (rows.length === 0) continue
    throw new ExectrailError('conflict', `the metadata is not empty: ${table} has rows`, {
      hint: 'Restore before the first `exectrail up` of a new EXECTRAIL_HOME, or into an empty DATABASE_URL.',
    })
  }
}

async function* readBackup(
  lines: AsyncIterable<string>,
  migrations: readonly string[],
): AsyncGenerator<Row, void, undefined> {
  let [number, rows, complete] = [0, 0, false]
  for await (const line of lines) {
    number += 1
    const value = parse(line, number)
    if (number === 1) checkHeader(value, migrations)
    else if (backupEnd.safeParse(value).data?.rows === rows) complete = true
    else {
      const row = backupRow.safeParse(value)
      if (!row.success || complete) throw invalid(`line ${number} is not a row of this release's tables`)
      rows += 1
      yield row.data
    }
  }
  if (!complete) throw invalid(`it is cut short after ${rows} rows`)
}

function checkHeader(value: unknown, known: readonly string[]): void {
  const header = backupHeader.safeParse(value)
  if (!header.success) throw invalid('it is no backup of the metadata')
  const later = header.data.migrations.filter((name) => !known.includes(name))
  if (later.length > 0) throw invalid(`a later release wrote it, with ${later.join(', ')}`)
}

async function insert(queries: Queries, items: readonly Row[]): Promise<void> {
  const [first] = items
  if (first === undefined) return
  const table = sql.table(`${SCHEMA}.${first.table}`)
  const rows = JSON.stringify(items.map(({ row }) => row))
  await sql`INSERT INTO ${table} OVERRIDING SYSTEM VALUE
    SELECT * FROM jsonb_populate_recordset(NULL::${table}, ${rows}::jsonb)`.execute(queries)
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw invalid(`line ${number} is not JSON`)
  }
}

function invalid(message: string): InvalidRequestError {
  return new InvalidRequestError(
    [{ path: 'FILE', message }],
    'Take a file that `exectrail metadata backup` wrote.',
  )
}
