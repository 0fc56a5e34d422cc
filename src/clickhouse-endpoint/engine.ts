/** ClickHouse's own engine in this process: connections to one data directory, in lanes that do not starve each other. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, quoteString, type Answer, type Connection, type Lane, type Work } from './connection.ts'
import { lendOut, type Lending } from './lending.ts'
import { openScratch, type RowsFile, type Scratch } from './scratch.ts'
import { settingConstraints } from './settings.ts'
import type { InsertData } from './statement.ts'

/** Statements of a lane that run at once; each holds one of libuv's threads. */
const CONNECTIONS: Readonly<Record<Lane, number>> = { write: 2, serve: 6, ask: 3 }
/** INSERTs whose rows are received at once. */
const RECEIVING = 8

export interface EngineOptions {
  /** Directory of the data; one process may have it open. */
  dataDir: string
  memoryBytes: number
}

export interface Engine {
  /** @throws errors of the engine, their message in ClickHouse's words */
  run(lane: Lane, work: Work): Promise<Answer>
  /** Hands the answer over in pieces while it is made. */
  stream(lane: Lane, work: Work, take: (pieces: AsyncIterable<Uint8Array>) => Promise<void>): Promise<void>
  /** The statement as the engine's own parser writes it. @throws its syntax errors */
  parse(sql: string): Promise<string>
  /** Inserts rows, by way of a file; null where there were none. */
  insert(work: Work, insert: InsertData, rows: AsyncIterable<Uint8Array>): Promise<Answer | null>
  /** Lays contents into files of the engine's scratch, which are gone when `use` ends. */
  withFiles<T>(contents: readonly Blob[], use: (paths: readonly string[]) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A statement by itself, for questions of our own. */
export const BARE_WORK: Omit<Work, 'sql'> = {
  database: null,
  format: 'TabSeparatedRaw',
  settings: new Map(),
  parameters: new Map(),
}

/**
 * Opens the data directory.
 * @throws in ClickHouse's words; code 76 when another process has it open
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const config = join(options.dataDir, 'exectrail-engine.xml')
  const users = join(options.dataDir, 'exectrail-users.xml')
  await writeFile(users, settingConstraints(), { mode: 0o600 })
  await writeFile(config, serverConfig(options.memoryBytes, users), { mode: 0o600 })
  const opened: Connection[] = []
  const lane = (name: Lane): Lending<Connection> => {
    for (let n = 0; n < CONNECTIONS[name]; n += 1) opened.push(connect(options.dataDir, name, config))
    return lendOut(opened.slice(-CONNECTIONS[name]))
  }
  const lanes = { write: lane('write'), serve: lane('serve'), ask: lane('ask') }
  const scratch = await openScratch(options.dataDir)
  return assemble(lanes, scratch, async () => {
    for (const connection of opened) connection.close()
    await scratch.close()
  })
}

/** A memory cap, and every acknowledged insert on the disk before it is acknowledged. */
function serverConfig(memoryBytes: number, usersFile: string): string {
  return `<clickhouse>
  <users_config>${escapeXml(usersFile)}</users_config>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
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

function assemble(
  lanes: Readonly<Record<Lane, Lending<Connection>>>,
  scratch: Scratch,
  close: () => Promise<void>,
): Engine {
  const receivers = lendOut(Array.from({ length: RECEIVING }, () => scratch))
  const run = (lane: Lane, work: Work): Promise<Answer> =>
    lanes[lane].lend((connection) => connection.run(work))
  return {
    run,
    close,
    stream: (lane, work, take) => lanes[lane].lend((connection) => connection.stream(work, take)),
    async parse(sql) {
      const asked = `SELECT formatQuerySingleLine(${quoteString(sql)})`
      const { bytes } = await run('serve', { ...BARE_WORK, sql: asked })
      return Buffer.from(bytes).toString('utf8').trimEnd()
    },
    withFiles: (contents, use) =>
      contents.length === 0 ? use([]) : receivers.lend((receiver) => layOut(receiver, contents, use)),
    insert: (work, insert, rows) =>
      receivers.lend((receiver) =>
        receiver.withRows(rows, async (file) =>
          file.bytes === 0 ? null : run('write', fromFile(work, insert, file)),
        ),
      ),
  }
}

async function layOut<T>(
  receiver: Scratch,
  contents: readonly Blob[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = contents
  if (first === undefined) return use([])
  return receiver.withRows(first.stream(), ({ path }) =>
    layOut(receiver, rest, (paths) => use([path, ...paths])),
  )
}

/** Inline rows end at an empty line in this engine and what follows runs as SQL, so rows always come from a file. */
function fromFile(work: Work, { columns, format, head }: InsertData, file: RowsFile): Work {
  const path = quoteString(file.path)
  // Twice as fast as INFILE, but it goes by position, so only where the columns are named.
  if (format !== 'Native' || columns === null)
    return { ...work, sql: `${head} FROM INFILE ${path} FORMAT ${format}` }
  // A sender that repeats a batch because the answer was lost adds nothing.
  const token = createHash('sha256').update(`${work.database} ${head} ${file.sha256}`).digest('hex')
  return {
    ...work,
    sql: `${head} SELECT ${columns} FROM file(${path}, 'Native')`,
    settings: new Map([['insert_deduplication_token', token], ...work.settings]),
  }
}
