/** `exectrail metadata`: backs the metadata up and restores it. */
import { open } from 'node:fs/promises'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { restore } from '../../metadata/restore.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { readLines, writeMetadataFile } from '../metadata-file.ts'
import type { Terminal } from '../terminal.ts'
import { withMetadata } from '../with-installation.ts'

/** Writes the file. */
export async function backup(file: string, options: { json?: true }, terminal: Terminal): Promise<number> {
  const rows = await withMetadata(loadConfig(), (database) => writeMetadataFile(database, file))
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
