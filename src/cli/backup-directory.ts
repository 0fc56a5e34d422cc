/** The directory that `exectrail backup` writes and `exectrail restore` reads. */
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InvalidRequestError } from '../errors.ts'
import { keysPath } from '../service/key-file.ts'
import { storeContents } from '../store/backup/contents.ts'

const CONTENTS = 'backup.json'

const backupContents = z.object({
  exectrail: z.literal('backup'),
  format: z.literal(1),
  /** Version of exectrail. */
  release: z.string(),
  /** When it was begun, RFC 3339. */
  at: z.string(),
  store: storeContents,
  metadata: z.object({ rows: z.int().nonnegative() }),
  /** Objects of the blob store; null where they are not in a directory. @default an earlier release wrote none */
  blobs: z
    .object({ objects: z.int().nonnegative(), bytes: z.int().nonnegative() })
    .nullable()
    .default({ objects: 0, bytes: 0 }),
})

export type BackupContents = z.infer<typeof backupContents>

/** Path of the list of contents. It is written last: a directory without it is no backup. */
export function contentsPath(directory: string): string {
  return join(directory, CONTENTS)
}

/** Path of the metadata. */
export function metadataPath(directory: string): string {
  return join(directory, 'metadata.jsonl')
}

/** Directory of the blobs. */
export function blobsPath(directory: string): string {
  return join(directory, 'blobs')
}

/** @throws {InvalidRequestError} when the directory is no backup */
export async function readContents(directory: string): Promise<BackupContents> {
  const path = contentsPath(directory)
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw noBackup(directory, error.message)
  })
  const read = backupContents.safeParse(parse(text))
  if (!read.success) throw noBackup(directory, `${CONTENTS}: ${z.prettifyError(read.error)}`)
  return read.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function noBackup(directory: string, why: string): InvalidRequestError {
  return new InvalidRequestError(
    [{ path: 'DIRECTORY', message: `${directory} is no backup: ${why}` }],
    'Name a directory that `exectrail backup` wrote.',
  )
}

/** Copies the first administrator's key between a home and a backup; a home with a given key may have none. */
export async function copyKeys(from: string, to: string): Promise<void> {
  await copyFile(keysPath(from), keysPath(to)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
