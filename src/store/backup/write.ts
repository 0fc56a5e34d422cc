/** Writes the rows of the store as files in ClickHouse's Native format, compressed with zstd. */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import type { Store } from '../client.ts'
import { readApplied } from '../migrations.ts'
import {
  BACKED_UP_TABLES,
  storeContents,
  TABLE_NAMES,
  type Progress,
  type StoreContents,
  type TableName,
} from './contents.ts'
import { Digest } from './digest.ts'

/** Bytes of a file before compression: far below the limit of an insert, and cheap to send again. */
const FILE_BYTES = 64 * 1_048_576

interface Share {
  table: TableName
  /** `YYYY-MM-DD`, UTC. */
  day: string
  index: number
  of: number
}

/**
 * Writes every row that exists when its file is read; each file holds a day or a share of one.
 * @param directory exists
 * @throws {StoreError}
 */
export async function backUpStore(
  store: Store,
  { directory, progress }: { directory: string; progress: Progress },
): Promise<StoreContents> {
  const read: Partial<Record<TableName, string[]>> = {}
  for (const table of TABLE_NAMES.options) read[table] = await readColumns(store, table)
  const columns = storeContents.shape.columns.parse(read)
  const shares: Share[] = []
  for (const table of TABLE_NAMES.options) shares.push(...(await readShares(store, table, columns[table])))
  const files: StoreContents['files'] = []
  for (const share of shares) {
    progress(files.length, shares.length)
    const name = `${share.table}-${share.day}-${share.index}.native.zst`
    const rows = await openRows(store, share, columns[share.table])
    files.push({ table: share.table, name, ...(await writeFile(join(directory, name), rows)) })
  }
  return { migrations: await readApplied(store), columns, files }
}

/** The columns that are stored, not computed. */
async function readColumns(store: Store, table: string): Promise<string[]> {
  const rows = await store.query<{ name: string }>(
    `SELECT name FROM system.columns
     WHERE database = currentDatabase() AND table = {table:String}
       AND default_kind NOT IN ('EPHEMERAL', 'ALIAS', 'MATERIALIZED')
     ORDER BY position`,
    { table },
  )
  return rows.map(({ name }) => name)
}

async function readShares(store: Store, table: TableName, columns: readonly string[]): Promise<Share[]> {
  const { time } = BACKED_UP_TABLES[table]
  const days = await store.query<{ day: string; bytes: string }>(
    `SELECT toString(toDate(${time}, 'UTC')) AS day, sum(byteSize(${listOf(columns)})) AS bytes
     FROM ${table} GROUP BY day ORDER BY day`,
  )
  return days.flatMap(({ day, bytes }) => {
    const of = Math.ceil(Number(bytes) / FILE_BYTES)
    return Array.from({ length: of }, (_, index) => ({ table, day, index, of }))
  })
}

async function openRows(
  store: Store,
  { table, ...share }: Share,
  columns: readonly string[],
): Promise<Readable> {
  const { time, id } = BACKED_UP_TABLES[table]
  const start = `toDateTime64({day:Date}, 9, 'UTC')`
  const rows = await store.stream(
    `SELECT ${listOf(columns)} FROM ${table}
     WHERE ${time} >= ${start} AND ${time} < ${start} + INTERVAL 1 DAY
       AND cityHash64(${id}) % {of:UInt32} = {index:UInt32}`,
    { parameters: share, format: 'Native', signal: new AbortController().signal },
  )
  return Readable.from(rows)
}

/** Names quoted for ClickHouse; a backup's are checked when it is read. */
export function listOf(columns: readonly string[]): string {
  return columns.map((name) => `\`${name}\``).join(', ')
}

async function writeFile(path: string, rows: Readable): Promise<{ bytes: number; sha256: string }> {
  const digest = new Digest()
  const file = createWriteStream(path, { mode: 0o600, flush: true })
  await pipeline(rows, createZstdCompress(), digest, file)
  return digest.result()
}
