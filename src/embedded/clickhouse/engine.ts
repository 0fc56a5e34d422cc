/** ClickHouse's own engine in this process: a few connections to one data directory, each lent to one statement at a time. */
import { rmSync } from 'node:fs'
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'

export interface EngineOptions {
  /** Directory of the data; one process may have it open. */
  dataDir: string
  /** Statements that run at once; each holds one of libuv's threads. */
  sessions: number
  memoryBytes: number
}

/** One statement with all it needs; texts are checked before. */
export interface Work {
  sql: string
  database: string | null
  /** Format of the answer unless the statement names one. */
  format: string
  /** Name and value, both checked against the allowlist. */
  settings: ReadonlyMap<string, string>
  /** Values of `{name:Type}` as ClickHouse's escaped text. */
  parameters: ReadonlyMap<string, string>
}

export interface Answer {
  bytes: Uint8Array
  rowsRead: number
  bytesRead: number
  elapsedSeconds: number
}

export interface Engine {
  /** @throws errors of the engine, their message in ClickHouse's words */
  run(work: Work): Promise<Answer>
  /** Runs an INSERT whose data is in binary blocks, by way of a file in memory. */
  insertBlocks(work: Work, format: string, data: Uint8Array): Promise<Answer>
  close(): void
}

/** Memory caps, and every acknowledged insert on the disk before it is acknowledged. */
function connectionArgs(config: string): string[] {
  return [`--config-file=${config}`, '--fsync_after_insert=1', '--fsync_part_directory=1']
}

function serverConfig(memoryBytes: number): string {
  return `<clickhouse>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <mark_cache_size>${Math.floor(memoryBytes / 8)}</mark_cache_size>
  <timezone>UTC</timezone>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
    <non_replicated_deduplication_window>10000</non_replicated_deduplication_window>
  </merge_tree>
</clickhouse>
`
}

/**
 * Opens the data directory.
 * @throws in ClickHouse's words; code 76 when another process has it open
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const scratch = await openScratch()
  const config = join(scratch, 'config.xml')
  await writeFile(config, serverConfig(options.memoryBytes))
  const open = (): Session => new Session(options.dataDir, { connectionArgs: connectionArgs(config) })
  const lending = lendSessions(Array.from({ length: options.sessions }, open))
  const run = (work: Work): Promise<Answer> => lending.lend((session) => runOn(session, work))
  let blocks = 0
  return {
    run,
    async insertBlocks(work, format, data) {
      blocks += 1
      const file = join(scratch, `${blocks}.native`)
      await writeFile(file, data, { mode: 0o600 })
      try {
        return await run({ ...work, sql: insertFromFile(work.sql, file, format) })
      } finally {
        await rm(file, { force: true })
      }
    },
    close() {
      lending.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** Lends each session to one user at a time, in the order they asked. */
function lendSessions(sessions: readonly Session[]) {
  const idle = [...sessions]
  const waiting: ((session: Session) => void)[] = []
  return {
    async lend<T>(use: (session: Session) => Promise<T>): Promise<T> {
      const session = idle.pop() ?? (await new Promise<Session>((resolve) => waiting.push(resolve)))
      try {
        return await use(session)
      } finally {
        const next = waiting.shift()
        if (next === undefined) idle.push(session)
        else next(session)
      }
    },
    close(): void {
      for (const session of sessions) session.close()
    },
  }
}

/** A directory in memory where the host has one; blocks pass through it and are gone. */
async function openScratch(): Promise<string> {
  const root = (await statfs('/dev/shm').catch(() => null)) === null ? tmpdir() : '/dev/shm'
  await sweepScratch(root)
  const scratch = join(root, `exectrail-clickhouse-${process.pid}`)
  await rm(scratch, { recursive: true, force: true })
  await mkdir(scratch, { mode: 0o700 })
  return scratch
}

/** Removes what processes of ours left that were killed. */
async function sweepScratch(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = Number(/^exectrail-clickhouse-(?<pid>\d+)$/u.exec(name)?.groups?.['pid'])
    if (!Number.isNaN(pid) && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Inline binary data corrupts in this engine, so the head `INSERT INTO t (a, b) FORMAT Native` reads from a file. */
function insertFromFile(head: string, file: string, format: string): string {
  const into = head.replace(/\s+FORMAT\s+\w+$/iu, '')
  const columns = /\((?<list>[^()]*)\)\s*$/u.exec(into)?.groups?.['list'] ?? '*'
  return `${into} SELECT ${columns} FROM file('${file}', '${format}')`
}

async function runOn(session: Session, work: Work): Promise<Answer> {
  const names = [...work.settings.keys()]
  if (work.database !== null) await session.queryAsync(`USE ${quoteIdentifier(work.database)}`)
  try {
    for (const [name, value] of work.settings) await session.queryAsync(`SET ${name} = ${quoteString(value)}`)
    for (const [name, value] of work.parameters)
      await session.queryAsync(`SET param_${name} = ${quoteString(value)}`)
    const result = await session.queryAsync(work.sql, { format: work.format })
    return {
      bytes: result.bytes(),
      rowsRead: result.rowsRead,
      bytesRead: result.bytesRead,
      elapsedSeconds: result.elapsed,
    }
  } finally {
    for (const name of names) await session.queryAsync(`SET ${name} = DEFAULT`)
  }
}

/** A name between backquotes. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

/** A string literal. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
