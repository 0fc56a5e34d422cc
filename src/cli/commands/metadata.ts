/** `exectrail metadata`: backs the metadata up and restores it. */
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { backUp } from '../../metadata/backup.ts'
import type { Database } from '../../metadata/database.ts'
import { restore } from '../../metadata/restore.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import type { Terminal } from '../terminal.ts'
import { withMetadata } from '../with-metadata.ts'

/** Writes the file whole, or leaves the one that was there. It holds hashes of keys, so it is for its owner alone. */
export async function backup(file: string, options: { json?: true }, terminal: Terminal): Promise<number> {
  const rows = await withMetadata(loadConfig(), (database) => writeFile(database, file))
  if (options.json) await terminal.data(toJson({ file, rows }))
  else terminal.say(escapeControls(`Backed up ${rows} rows to ${file}.`))
  return 0
}

/** Restores all of the file, or nothing. */
export async function restoreFile(
  file: string,
  options: { json?: true },
  terminal: Terminal,
): Promise<number> {
  const handle = await open(file).catch((error: Error) => {
    throw new InvalidRequestError([{ path: 'FILE', message: `${file} cannot be read: ${error.message}` }])
  })
  await handle.close()
  const rows = await withMetadata(loadConfig(), (database) => restore(database, readLines(file)))
  if (options.json) await terminal.data(toJson({ file, rows }))
  else terminal.say(escapeControls(`Restored ${rows} rows from ${file}.`))
  return 0
}

/** Opens the file at the first line that is asked for: what is read sooner would be lost. */
async function* readLines(file: string): AsyncGenerator<string, void, undefined> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity })
}

async function writeFile(database: Database, file: string): Promise<number> {
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
