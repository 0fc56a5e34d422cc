/** A real embedded ClickHouse endpoint in a process of its own, in a fresh directory on a free port. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { createStore, type Store } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'

const MAIN = join(import.meta.dirname, '../../src/clickhouse-endpoint/main.ts')
export const USER = 'exectrail'
export const PASSWORD = 'store-password'
const CALLER = 'caller'
const CALLER_PASSWORD = 'caller-password'
const TENANT = 'tenant'
const TENANT_PASSWORD = 'tenant-password'
const READER = 'reader'
const READER_PASSWORD = 'reader-password'

export interface RunningClickHouse {
  url: string
  store: Store
  /** As the user for bound keys' SQL. */
  callerStore: Store
  process: ChildProcess
  /** SIGKILL, then a new process on the same data; the store speaks to it afterwards. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts one and migrates it. */
export async function startClickHouse(): Promise<RunningClickHouse> {
  const directory = await mkdtemp(join(tmpdir(), 'exectrail-clickhouse-'))
  const credentials = join(directory, 'credentials.json')
  const users = [
    { name: USER, password: PASSWORD, access: 'full', role: 'internal' },
    { name: CALLER, password: CALLER_PASSWORD, access: 'full', role: 'user' },
    { name: TENANT, password: TENANT_PASSWORD, access: 'caller', role: 'user' },
    { name: READER, password: READER_PASSWORD, access: 'read', role: 'user' },
  ]
  await writeFile(credentials, JSON.stringify({ users }), { mode: 0o600 })
  const args = ['--data', join(directory, 'data'), '--credentials', credentials]
  let running = await startProcess([...args, '--port', '0'])
  const { url } = running
  const store = createStore({ url, user: USER, password: PASSWORD, database: 'exectrail' })
  await migrate(store)
  const callerStore = createStore({
    url,
    user: TENANT,
    password: TENANT_PASSWORD,
    database: 'exectrail',
    readsOnly: true,
  })
  return {
    url,
    store,
    callerStore,
    get process() {
      return running.child
    },
    async restart() {
      running.child.kill('SIGKILL')
      await once(running.child, 'exit')
      running = await startProcess([...args, '--port', new URL(url).port])
    },
    async stop() {
      await store.close()
      await callerStore.close()
      running.child.kill('SIGTERM')
      if (running.child.exitCode === null && running.child.signalCode === null)
        await once(running.child, 'exit')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Starts the endpoint with these arguments; rejects with what it said when it does not serve. */
export async function startProcess(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], UV_THREADPOOL_SIZE: '24' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A test that fails before it stops what it started leaves no process behind.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  let talk = ''
  child.stderr.on('data', (bytes: Buffer) => (talk += bytes.toString()))
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([first]) => String(first)),
    once(child, 'exit').then(() => null),
  ])
  if (line === null) throw new Error(talk)
  return { child, url: JSON.parse(line).url }
}

/** Credentials as ClickHouse's headers. */
export function keyOf(access: 'full' | 'read' | 'caller'): Record<string, string> {
  if (access === 'caller') return { 'X-ClickHouse-User': CALLER, 'X-ClickHouse-Key': CALLER_PASSWORD }
  return access === 'full'
    ? { 'X-ClickHouse-User': USER, 'X-ClickHouse-Key': PASSWORD }
    : { 'X-ClickHouse-User': READER, 'X-ClickHouse-Key': READER_PASSWORD }
}

/** Asks as curl does: `search` in the URL, with the full user's credentials unless `headers` are given. */
export function askClickHouse(
  clickhouse: Pick<RunningClickHouse, 'url'>,
  search: Readonly<Record<string, string>>,
  init: Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  const { headers = keyOf('full'), ...rest } = init
  return fetch(`${clickhouse.url}/?${new URLSearchParams(search).toString()}`, { ...rest, headers })
}

/** As `askClickHouse` with the full user's credentials, whatever other headers are given. */
export function askAsFull(
  clickhouse: Pick<RunningClickHouse, 'url'>,
  search: Readonly<Record<string, string>>,
  init: Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return askClickHouse(clickhouse, search, { ...init, headers: { ...keyOf('full'), ...init.headers } })
}

/** The official client, as the full user. */
export function clientOf({ url }: Pick<RunningClickHouse, 'url'>): ClickHouseClient {
  return createClient({
    url,
    username: USER,
    password: PASSWORD,
    database: 'exectrail',
    log: { level: ClickHouseLogLevel.OFF },
  })
}
