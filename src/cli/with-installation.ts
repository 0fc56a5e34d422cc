/** Opens the store and the metadata of a home for one command, whether its stack runs or not. */
import type { Config } from '../config.ts'
import { openDatabase, type Database } from '../metadata/database.ts'
import { migrateMetadata } from '../metadata/migrate.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import { lockHome } from '../stack/home-lock.ts'
import { startMetadata } from '../stack/metadata-component.ts'
import { prepareHome } from '../stack/stack.ts'
import { startStore } from '../stack/store-component.ts'
import { createStore, type Store } from '../store/client.ts'
import { ClosingStack } from './closing-stack.ts'
import { openStore } from './open-store.ts'

export interface Installation {
  store: Store
  database: Database
}

type Report = (line: string) => void

/**
 * Calls `use` with the store and the metadata, embedded or external. Where the stack does not run, starts the embedded ones
 * for that long.
 * @throws {ExectrailError} `stack_failed`
 */
export function withInstallation<T>(
  config: Config,
  report: Report,
  use: (installation: Installation) => Promise<T>,
): Promise<T> {
  return withClosing(async (closing) => {
    const running = await openRunning(config, closing)
    if (running !== null) return use(running)
    await takeHome(config, closing)
    const { users } = closing.adopt(await startStore(config, report), (started) => started.stop())
    const database = await startDatabase(config, report, closing)
    return use({ store: closing.adopt(createStore(users.service), (opened) => opened.close()), database })
  })
}

/**
 * Calls `use` with the metadata of DATABASE_URL or of the running stack. Where none runs, starts the embedded Postgres for
 * that long.
 * @throws {ExectrailError} `stack_failed`
 */
export function withMetadata<T>(config: Config, use: (database: Database) => Promise<T>): Promise<T> {
  return withClosing(async (closing) => {
    const database = (await findMetadata(config, closing)) ?? (await startPostgres(config, closing))
    await migrateMetadata(database)
    return use(database)
  })
}

async function withClosing<T>(use: (closing: ClosingStack) => Promise<T>): Promise<T> {
  const closing = new ClosingStack()
  try {
    return await use(closing)
  } finally {
    await closing.close()
  }
}

async function openRunning(config: Config, closing: ClosingStack): Promise<Installation | null> {
  const endpoints = await readEndpoints(config.home)
  const url = config.databaseUrl ?? endpoints?.metadata
  const store = await openStore(config)
  if (endpoints === null || url === undefined || store === null) return null
  closing.adopt(store, (opened) => opened.close())
  return (await answers(store)) ? { store, database: connect(url, closing) } : null
}

async function findMetadata(config: Config, closing: ClosingStack): Promise<Database | null> {
  if (config.databaseUrl !== null) return connect(config.databaseUrl, closing)
  const url = (await readEndpoints(config.home))?.metadata
  const database = url === undefined ? null : connect(url, closing)
  return database !== null && (await answers(database)) ? database : null
}

/** False for a stack that was killed, which leaves its endpoints behind. */
function answers(part: { ping(): Promise<unknown> }): Promise<boolean> {
  return part.ping().then(
    () => true,
    () => false,
  )
}

async function startPostgres(config: Config, closing: ClosingStack): Promise<Database> {
  await takeHome(config, closing)
  return startDatabase(config, () => undefined, closing)
}

async function takeHome({ home }: Config, closing: ClosingStack): Promise<void> {
  await prepareHome(home)
  closing.adopt(await lockHome(home), (lock) => lock.release())
}

async function startDatabase(config: Config, report: Report, closing: ClosingStack): Promise<Database> {
  const { url } = closing.adopt(await startMetadata(config, report), (started) => started.stop())
  return connect(url, closing)
}

function connect(url: string, closing: ClosingStack): Database {
  return closing.adopt(openDatabase(url), (opened) => opened.close())
}
