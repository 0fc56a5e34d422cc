/** ClickHouse's own engine in this process: connections to one data directory, in lanes that do not starve each other. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openAnswerFiles, type AnswerFiles } from './answer-files.ts'
import type { Answer, Work } from './connection.ts'
import { openLanes, type Lanes } from './lane-pool.ts'
import type { Lane } from './lanes.ts'
import { lendOut } from './lending.ts'
import { quoteString } from './quoting.ts'
import { openScratch, type RowsFile, type Scratch } from './scratch.ts'
import { settingConstraints } from './settings.ts'
import type { InsertData } from './statement.ts'

/** INSERTs of the stack whose rows are received at once, and of callers. */
const RECEIVING = { write: 8, change: 4 }

export interface EngineOptions {
  /** Directory of the data; one process may have it open. */
  dataDir: string
  memoryBytes: number
  /** Called when statements that were given up hold the engine. */
  stuck: () => void
}

export interface Engine {
  /** @throws errors of the engine, their message in ClickHouse's words; code 394 once `signal` aborts */
  run(lane: Lane, work: Work, signal?: AbortSignal): Promise<Answer>
  /**
   * Runs a SELECT without FORMAT, by way of a file: the connection is free before `send` begins, however slow its client
   * is, and the engine works off the event loop, which its own streams do not.
   */
  select(
    lane: ReadLane,
    work: Work,
    send: (answer: Answer, rest: AsyncIterable<Uint8Array> | null) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>
  /** The statement as the engine's own parser writes it. @throws its syntax errors */
  parse(sql: string, lane: Lane): Promise<string>
  /** Inserts rows, by way of a file; null where there were none. */
  insert(lane: WriteLane, work: Work, rows: Rows): Promise<Answer | null>
  /** Lays contents into files of the engine's scratch, which are gone when `use` ends. */
  withFiles<T>(contents: readonly Blob[], use: (paths: readonly string[]) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Lanes of statements that answer with rows, with the answers of each that are made or sent at once. */
const SENDING = { serve: 64, people: 8, ask: 32 }
export type ReadLane = keyof typeof SENDING

export type WriteLane = Extract<Lane, 'write' | 'change'>

export interface Rows {
  insert: InsertData
  bytes: AsyncIterable<Uint8Array>
  signal?: AbortSignal
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
  const lanes = openLanes(options.dataDir, config, options.stuck)
  return assemble(lanes, await openScratch(options.dataDir), await openAnswerFiles(options.dataDir))
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

function assemble(lanes: Lanes, scratch: Scratch, answers: AnswerFiles): Engine {
  const receive = (count: number) => lendOut(Array.from({ length: count }, () => scratch))
  const receivers = { write: receive(RECEIVING.write), change: receive(RECEIVING.change) }
  const senders = {
    serve: receive(SENDING.serve),
    people: receive(SENDING.people),
    ask: receive(SENDING.ask),
  }
  const run: Engine['run'] = (lane, work, signal) =>
    lanes.lend(lane, (connection) => connection.run(work, signal), signal)
  return {
    run,
    select: (lane, work, send, signal) =>
      senders[lane].lend(
        () => answers.withAnswer((path) => run(lane, intoFile(work, path), signal), send),
        signal,
      ),
    async parse(sql, lane) {
      const asked = `SELECT formatQuerySingleLine(${quoteString(sql)})`
      const { bytes } = await run(lane, { ...BARE_WORK, sql: asked })
      return Buffer.from(bytes).toString('utf8').trimEnd()
    },
    withFiles: (contents, use) =>
      contents.length === 0 ? use([]) : receivers.change.lend((receiver) => layOut(receiver, contents, use)),
    insert: (lane, work, { bytes, insert, signal }) =>
      receivers[lane].lend((receiver) =>
        receiver.withRows(bytes, async (file) =>
          file.bytes === 0 ? null : run(lane, fromFile(work, insert, file), signal),
        ),
      ),
    async close() {
      lanes.close()
      await scratch.close()
    },
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

function intoFile(work: Work, path: string): Work {
  return { ...work, sql: `${work.sql} INTO OUTFILE ${quoteString(path)} FORMAT ${work.format}` }
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
