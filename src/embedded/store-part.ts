/** The store of the stack: the embedded ClickHouse engine in a process of its own, or the one CLICKHOUSE_URL names. */
import { randomBytes } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import { createStore } from '../store/client.ts'
import { migrate } from '../store/migrate.ts'
import type { Endpoints } from './endpoints.ts'
import { externalPart, supervisedPart, withPorts, type Part } from './part.ts'
import type { ProcessSpec } from './process.ts'
import { supervise } from './supervise.ts'

/** How to reach the store with every right. */
interface StoreAccess {
  url: string
  user: string
  password: string
  database: string
}

export interface StorePart extends Part {
  readonly access: StoreAccess
  readonly endpoints: Pick<Endpoints, 'clickhouse' | 'clickhouseUser' | 'clickhousePassword'>
}

const HOST = '127.0.0.1'
const WELL_KNOWN = 8123
const READY_TIMEOUT_MS = 60_000
const GRACE_MS = 10_000
const MAIN = join(import.meta.dirname, 'clickhouse', 'main.ts')

/** Starts the embedded store, or points at the external one, and brings its tables up to date. */
export async function startStore(config: Config, report: (line: string) => void): Promise<StorePart> {
  const { part, access } =
    config.clickhouse.url === null
      ? await withPorts([config.port === 0 ? 0 : WELL_KNOWN], ([port = 0]) => startEmbedded(config, port))
      : external({ ...config.clickhouse, url: config.clickhouse.url })
  try {
    await migrateStore(access, report)
  } catch (error) {
    await part.stop()
    throw error
  }
  report(`Store: ClickHouse on ${access.url}`)
  const endpoints = {
    clickhouse: access.url,
    clickhouseUser: access.user,
    clickhousePassword: access.password,
  }
  return { access, endpoints, ...part }
}

function external(access: StoreAccess): { part: Part; access: StoreAccess } {
  return { part: externalPart('store', access.url), access }
}

async function startEmbedded(config: Config, port: number): Promise<{ part: Part; access: StoreAccess }> {
  const access = {
    url: `http://${HOST}:${port}`,
    user: config.clickhouse.user,
    // Made anew at each start; whoever may read the home finds it in endpoints.json.
    password: randomBytes(24).toString('hex'),
    database: config.clickhouse.database,
  }
  const credentials = join(config.home, 'store-credentials.json')
  await writeSecret(credentials, {
    users: [{ name: access.user, password: access.password, access: 'full' }],
  })
  const process = await supervise(storeSpec(config, access, { port, credentials }))
  return { part: supervisedPart('store', access.url, process), access }
}

function storeSpec(
  config: Config,
  access: StoreAccess,
  { port, credentials }: { port: number; credentials: string },
): ProcessSpec {
  const options = {
    '--data': join(config.home, 'clickhouse'),
    '--host': HOST,
    '--port': String(port),
    '--database': access.database,
    '--credentials': credentials,
  }
  return {
    name: 'store',
    command: process.execPath,
    args: [MAIN, ...Object.entries(options).flat()],
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC', PATH: config.path },
    logFile: join(config.home, 'logs', 'store.log'),
    readyTimeoutMs: READY_TIMEOUT_MS,
    graceMs: GRACE_MS,
    ready: () => answers(access),
  }
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

async function migrateStore(access: StoreAccess, report: (line: string) => void): Promise<void> {
  const store = createStore(access)
  try {
    const { applied } = await migrate(store)
    if (applied.length > 0) report(`Store: applied ${applied.length} migrations`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExectrailError('stack_failed', `the store at ${access.url} could not be migrated: ${reason}`, {
      hint: 'check CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or unset them for the embedded store',
      cause: error,
    })
  } finally {
    await store.close()
  }
}

async function writeSecret(path: string, value: unknown): Promise<void> {
  const draft = `${path}.draft`
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 })
  await rename(draft, path)
}
