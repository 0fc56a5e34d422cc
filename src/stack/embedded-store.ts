/** The embedded ClickHouse engine as a supervised process, in a sandbox where the host grants one. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import { programFile } from '../program-file.ts'
import { engineMemory } from '../clickhouse-endpoint/memory.ts'
import { restartMark, restartReason } from '../clickhouse-endpoint/restart-mark.ts'
import { ReservedPort } from './reserved-port.ts'
import type { ProcessSpec, SupervisedProcess } from './process.ts'
import type { StoreAccess, StoreUsers } from './store-users.ts'
import {
  findStoreTools,
  readMissingSupport,
  storeSandbox,
  sweepStoreGroups,
  writeFilter,
  type MissingSupport,
} from './store-sandbox.ts'
import { supervise } from './supervise.ts'

/** What belongs to a store, before and after its start. */
interface StoreResources {
  users: StoreUsers
  /** Why it has no sandbox; null when it has one. */
  missing: MissingSupport | null
  /** Frees its port and control groups; to be called after the process has stopped. */
  release: () => Promise<void>
}

export interface PlannedStore extends StoreResources {
  spec: ProcessSpec
}

export interface EmbeddedStore extends StoreResources {
  process: SupervisedProcess
}

const HOST = '127.0.0.1'
const READY_TIMEOUT_MS = 60_000
const GRACE_MS = 10_000
const MAIN = programFile('../clickhouse-endpoint/main', import.meta.url)
const ENV = { UV_THREADPOOL_SIZE: '24', TZ: 'UTC' }

/**
 * Starts the engine on `port` of loopback. Without a sandbox there is no reader, and `report` gets the reason and the fix.
 * @throws {ExectrailError} `stack_failed` when it does not start
 */
export async function startEmbeddedStore(
  config: Config,
  port: number,
  report: (line: string) => void,
): Promise<EmbeddedStore> {
  const reservedPort = new ReservedPort(port, HOST)
  try {
    const started = await startWithSandbox(config, reservedPort)
    if (started.missing !== null) report(describeUnconfined(started.missing))
    return started
  } catch (error) {
    reservedPort.close()
    throw error
  }
}

function describeUnconfined({ what, fix }: MissingSupport): string {
  return `Store: runs without a sandbox: ${what}. SQL is for administrators only, and no reader is there: ${fix}`
}

/** Whether the host refuses a sandbox shows only at the start; then starts without one. */
async function startWithSandbox(config: Config, reservedPort: ReservedPort): Promise<EmbeddedStore> {
  const { spec, ...planned } = await planStore(config, reservedPort)
  try {
    return { ...planned, process: await supervise(spec) }
  } catch (error) {
    const refused = error instanceof ExectrailError ? readMissingSupport(error.message) : null
    if (refused === null || planned.missing !== null) throw error
    const { spec: unconfined, ...rest } = await planStore(config, reservedPort, refused)
    return { ...rest, process: await supervise(unconfined) }
  }
}

/** Prepares the process: in a sandbox, unless its tools are missing or the host has `refused` it. */
export async function planStore(
  config: Config,
  reservedPort: ReservedPort,
  refused: MissingSupport | null = null,
): Promise<PlannedStore> {
  const tools = refused === null ? await findStoreTools(config.path) : { missing: refused }
  const memoryBytes = engineMemory()
  const url = `http://${HOST}:${reservedPort.port}`
  if ('missing' in tools) {
    const users = createUsers(config, url, { isConfined: false })
    const spec = specOf({ config, reservedPort, users, memoryBytes, wrapper: [] })
    return { users, spec, missing: tools.missing, release: () => Promise.resolve(reservedPort.close()) }
  }
  const filter = await writeFilter(config.home)
  const wrapper = await storeSandbox({ ...tools, filter, dataDir: dataDirOf(config), memoryBytes, env: ENV })
  const users = createUsers(config, url, { isConfined: true })
  return {
    users,
    spec: specOf({ config, reservedPort, users, memoryBytes, wrapper }),
    missing: null,
    release() {
      reservedPort.close()
      return sweepStoreGroups(tools.perl)
    },
  }
}

/** New passwords at each start; endpoints.json holds the administrator's. */
function createUsers(
  { clickhouse: { user, database } }: Config,
  url: string,
  { isConfined }: { isConfined: boolean },
): StoreUsers {
  const make = (name: string): StoreAccess => ({
    url,
    user: name,
    password: randomBytes(24).toString('hex'),
    database,
  })
  return {
    admin: make(user),
    service: make(`${user}_service`),
    collector: make(`${user}_collector`),
    reader: isConfined ? { ...make(`${user}_reader`), readsOnly: true } : null,
    caller: isConfined ? { ...make(`${user}_caller`), readsOnly: true } : null,
  }
}

interface LaunchOptions {
  config: Config
  reservedPort: ReservedPort
  users: StoreUsers
  memoryBytes: number
  /** The command line of the sandbox; empty for none. */
  wrapper: readonly string[]
}

function specOf({ config, reservedPort, users, memoryBytes, wrapper }: LaunchOptions): ProcessSpec {
  const mark = restartMark(dataDirOf(config))
  const options = {
    '--data': dataDirOf(config),
    '--host': HOST,
    '--port': String(reservedPort.port),
    '--listen-fd': '3',
    '--database': config.clickhouse.database,
    '--credentials': '-',
    '--memory-bytes': String(memoryBytes),
  }
  const program = [process.execPath, MAIN, ...Object.entries(options).flat()]
  const [command = process.execPath, ...args] = [...wrapper, ...program]
  return {
    name: 'store',
    command,
    args,
    env: { ...ENV, PATH: config.path },
    inherits: () => [reservedPort.fd],
    onReady: () => reservedPort.onServing(),
    onExit: () => reservedPort.onExit(),
    firstStdinLine: JSON.stringify({ users: credentialsOf(users) }),
    stopsBy: 'stdin',
    logFile: join(config.home, 'logs', 'store.log'),
    prepare: () => rm(mark, { force: true }),
    stopReason: () => restartReason(mark),
    readyTimeoutMs: READY_TIMEOUT_MS,
    graceMs: GRACE_MS,
    ready: () => answers(users.service),
  }
}

/** `internal`: the service and the Collector, which users must not delay. */
type Role = 'internal' | 'user'

function credentialsOf({ admin, service, collector, reader, caller }: StoreUsers): object[] {
  return [
    credential(admin, 'full', 'user'),
    credential(service, 'full', 'internal'),
    credential(collector, 'full', 'internal'),
    ...(reader === null ? [] : [credential(reader, 'read', 'user')]),
    ...(caller === null ? [] : [credential(caller, 'caller', 'user')]),
  ]
}

function credential({ user, password }: StoreAccess, access: 'full' | 'read' | 'caller', role: Role): object {
  return { name: user, password, access, role }
}

function dataDirOf(config: Config): string {
  return join(config.home, 'clickhouse')
}

/** Sends credentials, so that another ClickHouse on the same port is not mistaken for it. */
async function answers({ url, user, password }: StoreAccess): Promise<boolean> {
  const answer = await fetch(`${url}/?query=${encodeURIComponent('SELECT 1')}`, {
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
    signal: AbortSignal.timeout(5_000),
  })
  await answer.arrayBuffer()
  return answer.ok
}
