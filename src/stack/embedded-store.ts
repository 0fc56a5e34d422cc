/** The embedded ClickHouse engine as a supervised process, in a sandbox where the host grants one. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import { engineMemory } from '../clickhouse-endpoint/memory.ts'
import { bindListener, type Listener } from './listener.ts'
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

export interface EmbeddedStore {
  users: StoreUsers
  process: SupervisedProcess
  /** Frees what was held for it; to be called once the process has been stopped. */
  release: () => Promise<void>
}

const HOST = '127.0.0.1'
const READY_TIMEOUT_MS = 60_000
const GRACE_MS = 10_000
const MAIN = join(import.meta.dirname, '../clickhouse-endpoint/main.ts')
const ENV = { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' }

/**
 * Starts it on `port` of loopback. Without a sandbox there is no reader, and `report` is told why, with the remedy.
 * @throws {ExectrailError} `stack_failed` when it does not start
 */
export async function startEmbeddedStore(
  config: Config,
  port: number,
  report: (line: string) => void,
): Promise<EmbeddedStore> {
  const listener = bindListener(port, HOST)
  try {
    const users = makeUsers(config, `http://${HOST}:${listener.port}`)
    const place: Place = { config, listener, memoryBytes: engineMemory() }
    const walled = await startWalled(place, users)
    if (!('missing' in walled)) return { users, ...walled }
    const { what, fix } = walled.missing
    report(
      `Store: runs without a sandbox: ${what}. SQL is for administrators only, and no reader is there: ${fix}`,
    )
    const open = { ...users, reader: null }
    const process = await supervise(specOf(place, open, []))
    return { users: open, process, release: () => Promise.resolve(listener.close()) }
  } catch (error) {
    listener.close()
    throw error
  }
}

interface Place {
  config: Config
  listener: Listener
  memoryBytes: number
}

/** Made anew at each start; whoever may read the home finds people's in endpoints.json. */
function makeUsers({ clickhouse: { user, database } }: Config, url: string): StoreUsers {
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
    reader: make(`${user}_reader`),
  }
}

async function startWalled(
  place: Place,
  users: StoreUsers,
): Promise<Omit<EmbeddedStore, 'users'> | { missing: MissingSupport }> {
  const tools = await findStoreTools(place.config.path)
  if ('missing' in tools) return tools
  const { config, listener, memoryBytes } = place
  const wrapper = await storeSandbox({
    ...tools,
    filter: await writeFilter(config.home),
    dataDir: dataDirOf(config),
    memoryBytes,
    env: ENV,
  })
  try {
    const process = await supervise(specOf(place, users, wrapper))
    const release = (): Promise<void> => {
      listener.close()
      return sweepStoreGroups(tools.perl)
    }
    return { process, release }
  } catch (error) {
    const missing = error instanceof ExectrailError ? readMissingSupport(error.message) : null
    if (missing === null) throw error
    return { missing }
  }
}

function specOf(
  { config, listener, memoryBytes }: Place,
  users: StoreUsers,
  wrapper: readonly string[],
): ProcessSpec {
  const options = {
    '--data': dataDirOf(config),
    '--host': HOST,
    '--port': String(listener.port),
    '--listen-fd': '3',
    '--database': config.clickhouse.database,
    '--credentials': '-',
    '--memory-bytes': String(memoryBytes),
  }
  const [command = process.execPath, ...args] = [
    ...wrapper,
    process.execPath,
    MAIN,
    ...Object.entries(options).flat(),
  ]
  return {
    name: 'store',
    command,
    args,
    env: { ...ENV, PATH: config.path },
    inherits: [listener.fd],
    greeting: JSON.stringify({ users: credentialsOf(users) }),
    stopsBy: 'stdin',
    logFile: join(config.home, 'logs', 'store.log'),
    readyTimeoutMs: READY_TIMEOUT_MS,
    graceMs: GRACE_MS,
    ready: () => answers(users.people),
  }
}

function credential({ user, password }: StoreAccess, access: 'full' | 'read'): object {
  return { name: user, password, access }
}

function credentialsOf({ people, service, collector, reader }: StoreUsers): object[] {
  return [
    ...[people, service, collector].map((one) => credential(one, 'full')),
    ...(reader === null ? [] : [credential(reader, 'read')]),
  ]
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
