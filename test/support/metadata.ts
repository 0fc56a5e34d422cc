/** A real embedded Postgres of the metadata, in a fresh home, migrated. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { openDatabase, type Database } from '../../src/metadata/database.ts'
import { migrateMetadata } from '../../src/metadata/migrate.ts'
import { cachedKeys, type CachedKeys } from '../../src/service/keys.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/stack/embedded-postgres.ts'
import { preparePlace } from '../../src/stack/postgres/place.ts'
import { temporaryDirectory } from './directory.ts'

/** What survives the end of its processes survives it without these; no test takes the machine's power. */
const UNSYNCED = { fsync: 'off', full_page_writes: 'off' }
const FILES = ['data', 'password']

export interface TestMetadata extends AsyncDisposable {
  home: string
  postgres: EmbeddedPostgres
  database: Database
  keys: CachedKeys
  /** Another process's view of the same keys. */
  elsewhere: CachedKeys
  logged: string[]
}

export async function startMetadata(): Promise<TestMetadata> {
  const parts = new AsyncDisposableStack()
  const home = parts.use(await temporaryDirectory())
  await copyFiles(await migratedFiles(), (await preparePlace(home.path)).directory)
  const postgres = await startEmbeddedPostgres({ home: home.path }, UNSYNCED)
  parts.defer(() => postgres.process.stop().then(postgres.release))
  const logged: string[] = []
  const open = (): { database: Database; keys: CachedKeys } => {
    const database = openDatabase(postgres.url)
    parts.defer(() => database.close())
    const keys = cachedKeys(database, (line) => logged.push(line))
    parts.defer(() => keys.close())
    return { database, keys }
  }
  const { database, keys } = open()
  return {
    home: home.path,
    postgres,
    database,
    keys,
    elsewhere: open().keys,
    logged,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Files of a Postgres that was migrated and stopped; made by the first who asks in a run of the tests. */
async function migratedFiles(): Promise<string> {
  const made = join(inject('runDirectory'), 'metadata')
  if (existsSync(made)) return made
  await using home = await temporaryDirectory()
  const postgres = await startEmbeddedPostgres({ home: home.path }, UNSYNCED)
  const database = openDatabase(postgres.url)
  await migrateMetadata(database)
  await database.close()
  await postgres.process.stop()
  await postgres.release()
  const draft = await mkdtemp(`${made}-`)
  await copyFiles((await preparePlace(home.path)).directory, draft)
  await rename(draft, made).catch((error: unknown) => {
    // Another worker was faster.
    if (!existsSync(made)) throw error
  })
  return made
}

/** With their owner, as which Postgres runs. */
async function copyFiles(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', ...FILES.map((name) => join(from, name)), to])
}
