/** Restores the rows of a backup into an empty store. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline as connectStreams } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { ExectrailError, InvalidRequestError, messageOf } from '../../errors.ts'
import type { Store } from '../client.ts'
import { listMigrations } from '../migrations.ts'
import { TABLE_NAMES, type Progress, type StoreContents, type StoreFile } from './contents.ts'
import { Digest } from './digest.ts'
import { listOf } from './write.ts'

interface RestoreOptions {
  directory: string
  contents: StoreContents
  progress: Progress
}

/**
 * Names every file that is missing or damaged, and every migration of the backup that this release lacks.
 * @throws {InvalidRequestError}
 */
export async function checkBackup({ directory, contents, progress }: RestoreOptions): Promise<void> {
  const known = new Set((await listMigrations()).map(({ name }) => name))
  const later = contents.migrations.filter((name) => !known.has(name))
  const problems = later.map((name) => ({
    path: 'DIRECTORY',
    message: `a later release wrote it, with ${name}`,
  }))
  for (const [done, file] of contents.files.entries()) {
    progress(done, contents.files.length)
    const message = await findDamage(directory, file)
    if (message !== null) problems.push({ path: file.name, message })
  }
  if (problems.length > 0)
    throw new InvalidRequestError(problems, 'Use a complete copy of what `exectrail backup` wrote.')
}

async function findDamage(directory: string, file: StoreFile): Promise<string | null> {
  const digest = new Digest()
  try {
    await pipeline(createReadStream(join(directory, file.name)), digest.resume())
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`
  }
  const { bytes, sha256 } = digest.result()
  if (bytes !== file.bytes) return `has ${bytes} bytes, not ${file.bytes}`
  return sha256 === file.sha256 ? null : 'has changed since it was written'
}

/** @throws {ExectrailError} `conflict` when a table has rows */
export async function requireEmptyStore(store: Store): Promise<void> {
  for (const table of TABLE_NAMES.options) {
    if ((await store.query(`SELECT 1 FROM ${table} LIMIT 1`)).length === 0) continue
    throw new ExectrailError('conflict', `the store is not empty: ${table} has rows`, {
      hint: 'Restore into a new EXECTRAIL_HOME or CLICKHOUSE_DATABASE; --continue goes on with an interrupted restore.',
    })
  }
}

/**
 * Inserts every file. A row that exists already is replaced, so an interrupted restore can be repeated.
 * @returns executions in the store afterwards
 * @throws {StoreError}
 */
export async function restoreStore(
  store: Store,
  { directory, contents, progress }: RestoreOptions,
): Promise<number> {
  for (const [done, { table, name }] of contents.files.entries()) {
    progress(done, contents.files.length)
    const rows = createZstdDecompress()
    // A failure of either also ends the other, and with it the insert.
    connectStreams(createReadStream(join(directory, name)), rows, () => undefined)
    await store.insert(`INSERT INTO ${table} (${listOf(contents.columns[table])})`, rows)
  }
  const [counted] = await store.query<{ count: string }>('SELECT count() AS count FROM code_exec_logs FINAL')
  return Number(counted?.count ?? 0)
}
