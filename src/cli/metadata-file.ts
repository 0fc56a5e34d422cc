/** The metadata as a file of JSON lines. */
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { InvalidRequestError } from '../errors.ts'
import { backUp } from '../metadata/backup.ts'
import type { Database } from '../metadata/database.ts'

/**
 * Replaces the file when the new one is complete. It holds hashes of keys, so only its owner may read it.
 * @returns rows
 */
export async function writeMetadataFile(database: Database, file: string): Promise<number> {
  const draft = `${file}.partial`
  const handle = await open(draft, 'w', 0o600).catch((error: Error) => {
    throw new InvalidRequestError([{ path: 'FILE', message: `${file} cannot be written: ${error.message}` }])
  })
  try {
    const rows = await backUp(database, (lines) => handle.appendFile(lines))
    await handle.sync()
    await handle.close()
    await rename(draft, file)
    return rows
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}

/** Opens the file when the first line is requested: lines that are read sooner would be lost. */
export async function* readLines(file: string): AsyncGenerator<string, void, undefined> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity })
}
