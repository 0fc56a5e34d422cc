/** The ClickHouse engine in this process: pools of connections to one data directory. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openResultFiles, type ResultFiles } from './result-files.ts'
import type { EngineQuery, QueryResult } from './connection.ts'
import { enterDataDirectory } from './data-root.ts'
import { openDiskSpace, type DiskSpace } from './disk-space.ts'
import { openConnectionPools, type ConnectionPools } from './connection-pools.ts'
import type { PoolName } from './pool-settings.ts'
import { rowPolicies } from './caller-rows.ts'
import { createPool } from './pool.ts'
import { quoteString } from './quoting.ts'
import { openScratch, type RowsFile, type Scratch } from './scratch.ts'
import { settingConstraints } from './settings.ts'
import type { InsertData } from './statement-policy.ts'

/** INSERTs whose rows are received at the same time. */
const RECEIVING = { internalWrite: 8, userWrite: 4 }

/** The Collector's larger inserts are not counted: it does not use the number, and counting reads the rows again. */
const FREELY_COUNTED_BYTES = 1_048_576

export interface EngineOptions {
  /** Directory of the data, an absolute path; one process may have it open. It becomes the working directory. */
  dataDir: string
  /** The database of our tables. */
  database: string
  memoryBytes: number
  /** Called when the engine must not go on, with the reason, which completes "the store restarts: …". */
  restart: (why: string) => void
}

export interface Engine {
  /** @throws errors of the engine with ClickHouse's message; code 394 when `signal` aborts */
  run(pool: PoolName, query: EngineQuery, signal?: AbortSignal): Promise<QueryResult>
  /**
   * Runs a SELECT without FORMAT into a file, so that a slow client does not hold the connection. Unlike its streams, the
   * engine does this off the event loop.
   */
  select(
    pool: ReadPool,
    query: EngineQuery,
    send: (
      result: QueryResult,
      rest: AsyncIterable<Uint8Array> | null,
      othersWait: () => boolean,
    ) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>
  /** The statement as the engine's own parser writes it. @throws its syntax errors */
  parse(sql: string, pool: PoolName): Promise<string>
  /** Inserts rows through a file; null when there are none. */
  insert(pool: WritePool, query: EngineQuery, rows: Rows): Promise<QueryResult | null>
  /** Writes contents to temporary files, which are removed when `use` ends. */
  withFiles<T>(contents: readonly Blob[], use: (paths: readonly string[]) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Pools for statements that return rows, with the number of results that are produced or sent at the same time. */
const SENDING = { internalRead: 64, adminRead: 8, userRead: 32, callerRead: 32 }
export type ReadPool = keyof typeof SENDING

export type WritePool = Extract<PoolName, 'internalWrite' | 'userWrite'>

export interface Rows {
  insert: InsertData
  bytes: AsyncIterable<Uint8Array>
  signal?: AbortSignal
}

/** A query without settings and parameters. */
export const EMPTY_QUERY: Omit<EngineQuery, 'sql'> = {
  database: null,
  format: 'TabSeparatedRaw',
  settings: new Map(),
  parameters: new Map(),
}

/**
 * Opens the data directory.
 * @throws with ClickHouse's message; code 76 when another process has it open
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const root = enterDataDirectory(options.dataDir)
  const config = join(root, 'exectrail-engine.xml')
  const users = join(root, 'exectrail-users.xml')
  await writeFile(users, settingConstraints(rowPolicies(options.database)), { mode: 0o600 })
  const space = await openDiskSpace(root, () => options.restart('no space is left on the disk of its data'))
  await writeFile(config, serverConfig(options.memoryBytes, { users, space }), { mode: 0o600 })
  const pools = openConnectionPools(root, config, () => options.restart('statements do not end'))
  return createEngine(pools, {
    scratch: await openScratch(root),
    results: await openResultFiles(root, space),
    space,
  })
}

/**
 * Limits memory and disk, and syncs every insert to disk before it is acknowledged. Migrations replace, and retention drops,
 * what is larger than 50 GB, which the engine refuses by default.
 */
function serverConfig(
  memoryBytes: number,
  { users, space }: { users: string; space: Pick<DiskSpace, 'keepFreeBytes'> },
): string {
  return `<clickhouse>
  <users_config>${escapeXml(users)}</users_config>
  <storage_configuration>
    <disks><default><keep_free_space_bytes>${space.keepFreeBytes}</keep_free_space_bytes></default></disks>
  </storage_configuration>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <max_table_size_to_drop>0</max_table_size_to_drop>
  <max_partition_size_to_drop>0</max_partition_size_to_drop>
  <mark_cache_size>${Math.floor(memoryBytes / 8)}</mark_cache_size>
  <timezone>UTC</timezone>
  <memory_worker_use_cgroup>0</memory_worker_use_cgroup>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
    <non_replicated_deduplication_window>10000</non_replicated_deduplication_window>
  </merge_tree>
</clickhouse>
`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function runIn(pools: ConnectionPools, space: DiskSpace): Engine['run'] {
  return async (pool, query, signal) => {
    const result = await pools.use(pool, (connection) => connection.run(query, signal), signal)
    if (pool === 'internalWrite' || pool === 'userWrite') await space.confirmStatement()
    return result
  }
}

interface Files {
  scratch: Scratch
  results: ResultFiles
  space: DiskSpace
}

function createEngine(pools: ConnectionPools, { scratch, results, space }: Files): Engine {
  const { receivers, senders } = createSlots(scratch)
  const run = runIn(pools, space)
  return {
    run,
    select: (pool, query, send, signal) =>
      senders[pool].use(
        () =>
          results.withResult(
            (path) => run(pool, intoFile(query, path), signal),
            (result, rest) => send(result, rest, () => senders[pool].hasWaiting),
          ),
        signal,
      ),
    async parse(sql, pool) {
      const statement = `SELECT formatQuerySingleLine(${quoteString(sql)})`
      const { bytes } = await run(pool, { ...EMPTY_QUERY, sql: statement })
      return Buffer.from(bytes).toString('utf8').trimEnd()
    },
    withFiles: (contents, use) =>
      contents.length === 0
        ? use([])
        : receivers.userWrite.use((receiver) => writeFiles(receiver, contents, use)),
    insert: (pool, query, { bytes, insert, signal }) =>
      receivers[pool].use((receiver) =>
        receiver.withRows(bytes, async (file) => {
          if (file.bytes === 0) return null
          const result = await run(pool, fromFile(query, insert, file), signal)
          const isCounted =
            result.rowsRead > 0 || (pool === 'internalWrite' && file.bytes > FREELY_COUNTED_BYTES)
          return isCounted ? result : { ...result, ...(await countRows(run, pool, { file, insert })) }
        }),
      ),
    async close() {
      space.close()
      pools.close()
      await scratch.close()
    },
  }
}

/** The engine counts no rows of INSERT … SELECT, so they are read again, without waiting for the statements of another pool. */
async function countRows(
  run: Engine['run'],
  pool: WritePool,
  { file, insert }: { file: RowsFile; insert: InsertData },
): Promise<Partial<QueryResult>> {
  const sql = `SELECT count() FROM file(${quoteString(file.path)}, ${quoteString(insert.format)})`
  try {
    const { bytes } = await run(pool, { ...EMPTY_QUERY, sql })
    return { rowsRead: Number(Buffer.from(bytes).toString('utf8')), bytesRead: file.bytes }
  } catch {
    // The rows are in; without their number the summary leaves it out.
    return {}
  }
}

function createSlots(scratch: Scratch) {
  const slots = (count: number) => createPool(Array.from({ length: count }, () => scratch))
  return {
    receivers: {
      internalWrite: slots(RECEIVING.internalWrite),
      userWrite: slots(RECEIVING.userWrite),
    },
    senders: {
      internalRead: slots(SENDING.internalRead),
      adminRead: slots(SENDING.adminRead),
      userRead: slots(SENDING.userRead),
      callerRead: slots(SENDING.callerRead),
    },
  }
}

async function writeFiles<T>(
  receiver: Scratch,
  contents: readonly Blob[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = contents
  if (first === undefined) return use([])
  return receiver.withRows(first.stream(), ({ path }) =>
    writeFiles(receiver, rest, (paths) => use([path, ...paths])),
  )
}

function intoFile(query: EngineQuery, path: string): EngineQuery {
  return { ...query, sql: `${query.sql} INTO OUTFILE ${quoteString(path)} FORMAT ${query.format}` }
}

/** Rows always come from a file: in this engine inline rows end at an empty line, and the rest would run as SQL. */
function fromFile(query: EngineQuery, { columns, format, head }: InsertData, file: RowsFile): EngineQuery {
  const path = quoteString(file.path)
  // Twice as fast as INFILE, but it maps columns by position, so the column list must be known.
  if (format !== 'Native' || columns === null)
    return { ...query, sql: `${head} FROM INFILE ${path} FORMAT ${format}` }
  // A batch that is sent again because the response was lost adds nothing.
  const token = createHash('sha256').update(`${query.database} ${head} ${file.sha256}`).digest('hex')
  return {
    ...query,
    sql: `${head} SELECT ${columns} FROM file(${path}, 'Native')`,
    settings: new Map([['insert_deduplication_token', token], ...query.settings]),
  }
}
