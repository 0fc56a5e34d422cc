/**
 * A Postgres full of code agents in the user's cache, made once for a number of agents and the tables:
 * exectrail/bench-registry/…, to be removed by hand.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { openDatabase, type Database } from '../../src/metadata/database.ts'
import { migrateMetadata } from '../../src/metadata/migrate.ts'
import { startEmbeddedPostgres } from '../../src/stack/embedded-postgres.ts'
import { fillRegistry } from './registry-rows.ts'

const MIGRATIONS = join(import.meta.dirname, '../../postgres/migrations')
const ROWS = join(import.meta.dirname, 'registry-rows.ts')

/** Rows that a crash loses are made again. */
const WHILE_FILLING = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_wal_size: '16GB',
  shared_buffers: '512MB',
  maintenance_work_mem: '1GB',
  autovacuum: 'off',
}

/** The home of a Postgres with so many code agents; filled where it is new. */
export async function fullRegistry(agents: number): Promise<string> {
  const files = [...globSync(join(MIGRATIONS, '*registry*.sql')).toSorted(), ROWS]
  const key = createHash('sha256')
  for (const file of files) key.update(readFileSync(file))
  const name = `${agents}-${key.digest('hex').slice(0, 12)}`
  const home = join(loadConfig().cacheDir, 'bench-registry', name)
  const mark = join(home, 'full')
  if (existsSync(mark)) return home
  removePostgres(home)
  mkdirSync(home, { recursive: true })
  const begun = performance.now()
  await withPostgres(home, WHILE_FILLING, async (database) => {
    await migrateMetadata(database)
    await fillRegistry(database, agents)
  })
  writeFileSync(mark, '')
  const seconds = Math.round((performance.now() - begun) / 1000)
  console.log(`${agents.toLocaleString('en')} agents made in ${seconds} s`)
  return home
}

/** Runs work over the Postgres of a home. */
export async function withPostgres(
  home: string,
  settings: Readonly<Record<string, string>>,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const postgres = await startEmbeddedPostgres({ home }, settings)
  const database = openDatabase(postgres.url)
  try {
    await work(database)
  } finally {
    await database.close()
    await postgres.process.stop()
    await postgres.release()
  }
}

/** What an attempt left that was interrupted. For root its files are elsewhere, behind a link. */
function removePostgres(home: string): void {
  const place = join(home, 'postgres')
  if (existsSync(place)) rmSync(realpathSync(place), { recursive: true, force: true })
  rmSync(home, { recursive: true, force: true })
}
