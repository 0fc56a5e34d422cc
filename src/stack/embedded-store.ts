/** The embedded ClickHouse engine as a supervised process, in a sandbox where the host grants one. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import { engineMemory } from '../clickhouse-endpoint/memory.ts'
import { Listener } from './listener.ts'
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

/** A store that is about to be started, or has been. */
interface Planned {
  users: StoreUsers
  /** Why no sandbox is around it; null where one is. */
  missing: MissingSupport | null
  /** Frees what is held for it; to be called once the process has been stopped. */
  release: () => Promise<void>
}

export interface PlannedStore extends Planned {
  spec: ProcessSpec
}

export interface EmbeddedStore extends Planned {
  process: SupervisedProcess
}

const HOST = '127.0.0.1'
const READY_TIMEOUT_MS = 60_000
const GRACE_MS = 10_000
const MAIN = join(import.meta.dirname, '../clickhouse-endpoint/main.ts')
const ENV = { UV_THREADPOOL_SIZE: '24', TZ: 'UTC' }

/**
 * Starts it on `port` of loopback. Without a sandbox there is no reader, and `report` is told why, with the remedy.
 * @throws {ExectrailError} `stack_failed` when it does not start
 */
export async function startEmbeddedStore(
  config: Config,
  port: number,
  report: (line: string) => void,
): Promise<EmbeddedStore> {
  const listener = new Listener(port, HOST)
  try {
    const started = await startPlanned(config, listener)
    if (started.missing !== null) report(describeOpen(started.missing))
    return started
  } catch (error) {
    listener.close()
    throw error
  }
}

function describeOpen({ what, fix }: MissingSupport): string {
  return `Store: runs without a sandbox: ${what}. SQL is for administrators only, and no reader is there: ${fix}`
}

/** What the host refuses is seen at the start alone. */
async function startPlanned(config: Config, listener: Listener): Promise<EmbeddedStore> {
  const { spec, ...planned } = await planStore(config, listener)
  try {
    return { ...planned, process: await supervise(spec) }
  } catch (error) {
    const refused = error instanceof ExectrailError ? readMissingSupport(error.message) : null
    if (refused === null || planned.missing !== null) throw error
    const { spec: open, ...rest } = await planStore(config, listener, refused)
    return { ...rest, process: await supervise(open) }
  }
}

/** What to start on `listener`: in a sandbox, unless the tools for one are absent or the host has `refused` one. */
export async function planStore(
  config: Config,
  listener: Listener,
  refused: MissingSupport | null = null,
): Promise<PlannedStore> {
  const tools = refused === null ? await findStoreTools(config.path) : { missing: refused }
  const memoryBytes = engineMemory()
  const url = `http://${HOST}:${listener.port}`
  if ('missing' in tools) {
    const users = makeUsers(config, url, null)
    const spec = specOf({ config, listener, users, memoryBytes, wrapper: [] })
    return { users, spec, missing: tools.missing, release: () => Promise.resolve(listener.close()) }
  }
  const filter = await writeFilter(config.home)
  const wrapper = await storeSandbox({ ...tools, filter, dataDir: dataDirOf(config), memoryBytes, env: ENV })
  const users = makeUsers(config, url, `${config.clickhouse.user}_reader`)
  return {
    users,
    spec: specOf({ config, listener, users, memoryBytes, wrapper }),
    missing: null,
    release() {
      listener.close()
      return sweepStoreGroups(tools.perl)
    },
  }
}

/** Made anew at each start; whoever may read the home finds people's in endpoints.json. */
function makeUsers(
  { clickhouse: { user, database } }: Config,
  url: string,
  reader: string | null,
): StoreUsers {
  const make = (name: string): StoreAccess => ({
    url,
    user: name,
    password: randomBytes(24).toString('hex'),
    database,
  })
  return {
    people: make(user),
    service: make(`${user}_service`),
    collector: make(`${user}_collector`),
    reader: reader === null ? null : make(reader),
  }
}

interface Place {
  config: Config
  listener: Listener
  users: StoreUsers
  memoryBytes: number
  /** The sandbox; empty for none. */
  wrapper: readonly string[]
}

function specOf({ config, listener, users, memoryBytes, wrapper }: Place): ProcessSpec {
  const options = {
    '--data': dataDirOf(config),
    '--host': HOST,
    '--port': String(listener.port),
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
    inherits: () => [listener.fd],
    served: () => listener.keep(),
    ended: () => listener.hold(),
    greeting: JSON.stringify({ users: credentialsOf(users) }),
    stopsBy: 'stdin',
    logFile: join(config.home, 'logs', 'store.log'),
    readyTimeoutMs: READY_TIMEOUT_MS,
    graceMs: GRACE_MS,
    ready: () => answers(users.service),
  }
}

/** `internal`: the service and the Collector, which users must not delay. */
type Role = 'internal' | 'user'

function credentialsOf({ people, service, collector, reader }: StoreUsers): object[] {
  return [
    credential(people, 'full', 'user'),
    credential(service, 'full', 'internal'),
    credential(collector, 'full', 'internal'),
    ...(reader === null ? [] : [credential(reader, 'read', 'user')]),
  ]
}

function credential({ user, password }: StoreAccess, access: 'full' | 'read', role: Role): object {
  return { name: user, password, access, role }
}

function dataDirOf(config: Config): string {
  return join(config.home, 'clickhouse')
}

/** With its credentials, so that another ClickHouse on the same port is not mistaken for it. */
async function answers({ url, user, password }: StoreAccess): Promise<boolean> {
  const answer = await fetch(`${url}/?query=${encodeURIComponent('SELECT 1')}`, {
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
    signal: AbortSignal.timeout(5_000),
  })
  await answer.arrayBuffer()
  return answer.ok
}
