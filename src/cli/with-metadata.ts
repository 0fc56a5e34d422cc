import type { Config } from '../config.ts'
import { openDatabase, type Database } from '../metadata/database.ts'
import { migrateMetadata } from '../metadata/migrate.ts'
import { startEmbeddedPostgres } from '../stack/embedded-postgres.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import { prepareHome } from '../stack/stack.ts'
import { lockHome } from '../stack/home-lock.ts'
import { ClosingStack } from './closing-stack.ts'

/**
 * Calls `use` with the metadata of DATABASE_URL or of the running stack. Where none runs, starts the embedded Postgres for
 * that long.
 */
export async function withMetadata<T>(config: Config, use: (database: Database) => Promise<T>): Promise<T> {
  const closing = new ClosingStack()
  try {
    const url = config.databaseUrl ?? (await findRunning(config)) ?? (await startPostgres(config, closing))
    const database = openDatabase(url)
    closing.adopt(database, (opened) => opened.close())
    await migrateMetadata(database)
    return await use(database)
  } finally {
    await closing.close()
  }
}

/** A stack that was killed leaves its endpoints behind. */
async function findRunning({ home }: Config): Promise<string | undefined> {
  const url = (await readEndpoints(home))?.metadata
  if (url === undefined) return undefined
  const database = openDatabase(url)
  const answers = await database.ping().then(
    () => true,
    () => false,
  )
  await database.close()
  return answers ? url : undefined
}

async function startPostgres(config: Config, closing: ClosingStack): Promise<string> {
  await prepareHome(config.home)
  closing.adopt(await lockHome(config.home), (lock) => lock.release())
  const postgres = await startEmbeddedPostgres(config)
  closing.adopt(postgres, ({ process, release }) => process.stop().then(release))
  return postgres.url
}
