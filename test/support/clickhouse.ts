/** A real embedded ClickHouse endpoint in a process of its own, in a fresh directory on a free port. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'
import { createStore, type Store } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'
import { keepEngine, layoutOf, takeEngine, type Engine } from './kept-engines.ts'
import { CALLER, CALLER_PASSWORD, PASSWORD, READER, READER_PASSWORD, USER } from './store-users.ts'

export { askAsFull, askClickHouse, clientOf, keyOf } from './ask-clickhouse.ts'
export { PASSWORD, USER }

const MAIN = join(import.meta.dirname, '../../src/clickhouse-endpoint/main.ts')
const TENANT = 'tenant'
const TENANT_PASSWORD = 'tenant-password'
/** The store's own grace and some more, as on a busy machine. */
const GRACE_MS = 30_000

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

/** Starts one with all tables, or takes one that another test of this process has stopped using. */
export async function startClickHouse(): Promise<RunningClickHouse> {
  const engine = takeEngine() ?? (await startEngine())
  const { url } = engine
  const store = openStore(url)
  const callerStore = createStore({
    url,
    user: TENANT,
    password: TENANT_PASSWORD,
    database: 'exectrail',
    readsOnly: true,
  })
  // Whoever has its process may stop it, or measure it.
  let shareable = true
  return {
    url,
    store,
    callerStore,
    get process() {
      shareable = false
      return engine.child
    },
    async restart() {
      shareable = false
      engine.child.kill('SIGKILL')
      await once(engine.child, 'exit')
      const args = [...engine.args, '--port', new URL(url).port]
      engine.child = (await startProcess(args)).child
    },
    async stop() {
      await store.close()
      await callerStore.close()
      // One that does not answer is ended, as one is that has changed.
      if (shareable && (await keepEngine(engine).catch(() => false))) return
      await endProcess(engine.child)
      await rm(engine.directory, { recursive: true, force: true })
    },
  }
}

/** In the directory of the run, which removes it. */
async function startEngine(): Promise<Engine> {
  const directory = await mkdtemp(join(inject('runDirectory'), 'engine-'))
  await cp(await migratedData(), join(directory, 'data'), { recursive: true })
  const args = await argumentsFor(directory)
  const { child, url } = await startProcess([...args, '--port', '0'])
  return { directory, args, child, url, layout: await layoutOf(url) }
}

/** Stops it as the supervisor does: the engine may hang while it takes itself down, with its data on the disk. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => {
    process.stderr.write(`exectrail store: ${child.pid} did not end and is killed\n`)
    child.kill('SIGKILL')
  }, GRACE_MS)
  await exited
  clearTimeout(timer)
}

/** Data of an engine that was migrated and stopped; made by the first who asks in a run of the tests. */
async function migratedData(): Promise<string> {
  const made = join(inject('runDirectory'), 'clickhouse')
  if (existsSync(made)) return made
  const directory = await mkdtemp(`${made}-`)
  const { child, url } = await startProcess([...(await argumentsFor(directory)), '--port', '0'])
  const store = openStore(url)
  await migrate(store)
  await store.close()
  await endProcess(child)
  await rename(join(directory, 'data'), made).catch((error: unknown) => {
    // Another worker was faster.
    if (!existsSync(made)) throw error
  })
  return made
}

async function argumentsFor(directory: string): Promise<string[]> {
  const credentials = join(directory, 'credentials.json')
  const users = [
    { name: USER, password: PASSWORD, access: 'full', role: 'internal' },
    { name: CALLER, password: CALLER_PASSWORD, access: 'full', role: 'user' },
    { name: TENANT, password: TENANT_PASSWORD, access: 'caller', role: 'user' },
    { name: READER, password: READER_PASSWORD, access: 'read', role: 'user' },
  ]
  await writeFile(credentials, JSON.stringify({ users }), { mode: 0o600 })
  return ['--data', join(directory, 'data'), '--credentials', credentials]
}

function openStore(url: string): Store {
  return createStore({ url, user: USER, password: PASSWORD, database: 'exectrail' })
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
