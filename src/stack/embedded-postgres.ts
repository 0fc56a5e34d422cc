/** The embedded Postgres as a supervised process, on a Unix socket, without TCP and never as root. */
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Config } from '../config.ts'
import { ensureCluster, SUPERUSER } from './postgres/cluster.ts'
import { disownStaleLock } from './postgres/lock-file.ts'
import { preparePlace, type PostgresPlace } from './postgres/place.ts'
import { findPostgres, type PostgresProgram } from './postgres/program.ts'
import type { ProcessSpec, SupervisedProcess } from './process.ts'
import { supervise } from './supervise.ts'

export interface EmbeddedPostgres {
  process: SupervisedProcess
  /** Connection URL with the password. */
  url: string
  socketDirectory: string
  /** To be called after the process has stopped. */
  release: () => Promise<void>
}

/** Recovery after a crash takes seconds at most: little is written between two checkpoints. */
const READY_TIMEOUT_MS = 60_000
const GRACE_MS = 10_000
const ANSWER_MS = 2_000
const DATABASE = 'postgres'
const STILL_USED = /lock file \S+ already exists|pre-existing shared memory block/u
const UNUSED_MS = 10_000
const USED_POLL_MS = 100

const MIB = 1_048_576
const BUFFERS_MIB = { least: 32, most: 1_024 }

/**
 * A thirty-second of the memory, within bounds: searches of many code agents read pages all over their table, and one that
 * comes from the system's cache takes three times as long. What is not used takes no memory.
 * @param machine bytes @param limit bytes of the container; 0 without one
 */
export function sharedBuffers(machine: number, limit: number): string {
  const mebibytes = Math.floor((limit > 0 ? Math.min(machine, limit) : machine) / 32 / MIB)
  return `${Math.min(BUFFERS_MIB.most, Math.max(BUFFERS_MIB.least, mebibytes))}MB`
}

/** fsync and synchronous_commit stay on: what is acknowledged survives a power failure. */
const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  shared_buffers: sharedBuffers(totalmem(), process.constrainedMemory()),
  // A search of code agents collects its matches in this, one at a time.
  work_mem: '16MB',
  // Pages are in memory, or on a disk that reads any page as fast as the next.
  random_page_cost: '1.1',
  max_wal_size: '256MB',
  io_method: 'sync',
  jit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
}

/**
 * @param changed settings of Postgres, for what is not metadata
 * @throws {ExectrailError} `stack_failed` when it cannot be obtained or does not start
 */
export async function startEmbeddedPostgres(
  { home }: Pick<Config, 'home'>,
  changed: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const place = await preparePlace(home)
  try {
    const program = await findPostgres(place)
    const url = urlOf(place.socketDirectory, await ensureCluster(place, program))
    const process = await startUnused(specOf({ home, place, program, url, changed }))
    return { process, url, socketDirectory: place.socketDirectory, release: () => place.release() }
  } catch (error) {
    await place.release()
    throw error
  }
}

/** Processes of a killed Postgres end within milliseconds, but may still use the files at the first attempt. */
async function startUnused(spec: ProcessSpec): Promise<SupervisedProcess> {
  const deadline = Date.now() + UNUSED_MS
  for (;;) {
    try {
      return await supervise(spec)
    } catch (error) {
      const used = error instanceof Error && STILL_USED.test(error.message)
      if (!used || Date.now() > deadline) throw error
      await pause(USED_POLL_MS)
    }
  }
}

interface LaunchOptions {
  home: string
  place: PostgresPlace
  program: PostgresProgram
  url: string
  changed: Readonly<Record<string, string>>
}

function specOf({ home, place, program, url, changed }: LaunchOptions): ProcessSpec {
  const data = join(place.directory, 'data')
  const settings = { ...SETTINGS, ...changed, unix_socket_directories: quote(place.socketDirectory) }
  return {
    name: 'metadata',
    command: program.postgres,
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: program.env,
    ...(place.owner === null ? {} : { owner: place.owner }),
    // A fast shutdown; after SIGTERM Postgres would wait until every client has gone.
    stopSignal: 'SIGINT',
    logFile: join(home, 'logs', 'metadata.log'),
    prepare: () => disownStaleLock(join(data, 'postmaster.pid')),
    ready: () => answers(url),
    readyTimeoutMs: READY_TIMEOUT_MS,
    graceMs: GRACE_MS,
  }
}

/** The setting is a list of quoted paths. */
function quote(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

function urlOf(socketDirectory: string, password: string): string {
  return `postgresql://${SUPERUSER}:${password}@/${DATABASE}?host=${encodeURIComponent(socketDirectory)}`
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: ANSWER_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } finally {
    await client.end()
  }
}
