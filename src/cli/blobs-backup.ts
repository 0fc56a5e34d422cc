/** Blobs in the directory of a backup: objects as they are stored, encrypted where they are. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { copyObjects, countObjects, type Copied } from '../blobs/copy.ts'
import { DirectoryBlobStore } from '../blobs/directory-store.ts'
import { openBlobStore } from '../blobs/open-blob-store.ts'
import type { BlobsConfig } from '../blobs-config.ts'
import { InvalidRequestError } from '../errors.ts'
import { blobsPath } from './backup-directory.ts'

/** Null where the blobs are in a service, which has backups of its own. Call it after the metadata is written. */
export async function backUpBlobs(
  config: BlobsConfig,
  directory: string,
  progress: (done: number) => void,
): Promise<Copied | null> {
  const store = await openBlobStore(config)
  if (store === null) return { objects: 0, bytes: 0 }
  try {
    if (store.kind !== 'directory') return null
    const copied = await copyObjects(store, new DirectoryBlobStore(blobsPath(directory)), progress)
    await rm(join(blobsPath(directory), 'drafts'), { recursive: true, force: true })
    return copied
  } finally {
    await store.close()
  }
}

/** @throws {InvalidRequestError} when objects are missing */
export async function checkBlobs(directory: string, blobs: Copied | null): Promise<void> {
  const found = await countObjects(new DirectoryBlobStore(blobsPath(directory)))
  if (blobs === null || (found.objects === blobs.objects && found.bytes === blobs.bytes)) return
  const message = `has ${found.objects} blobs of ${found.bytes} bytes, not ${blobs.objects} of ${blobs.bytes}`
  throw new InvalidRequestError(
    [{ path: 'blobs', message }],
    'Use a complete copy of what `exectrail backup` wrote.',
  )
}

/** Puts the blobs of a backup into the store of the configuration; those that it has stay. @returns how many */
export async function restoreBlobs(
  config: BlobsConfig,
  directory: string,
  progress: (done: number) => void,
): Promise<number> {
  const store = await openBlobStore(config)
  if (store === null) return 0
  try {
    return (await copyObjects(new DirectoryBlobStore(blobsPath(directory)), store, progress)).objects
  } finally {
    await store.close()
  }
}
