/** A real embedded Postgres of the metadata, in a fresh home, migrated. */
import { openDatabase, type Database } from '../../src/metadata/database.ts'
import { migrateMetadata } from '../../src/metadata/migrate.ts'
import { cachedKeys, type CachedKeys } from '../../src/service/keys.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/stack/embedded-postgres.ts'
import { temporaryDirectory } from './directory.ts'

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
  const postgres = await startEmbeddedPostgres({ home: home.path })
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
  await migrateMetadata(database)
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
