/** Takes one entry of the spool to the store: first its reference, so that nothing deletes the object, then the object. */
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../metadata/database.ts'
import { FileSource, type ContentSource } from '../content-source.ts'
import { contentName, metaName, spoolEntry, type SpoolEntry } from '../spool/entry.ts'

/** Where blobs go. */
export interface Destination {
  database: Database
  /** Stores content under its hash, unless it is there. @returns with the size of the object */
  put: (
    entry: Pick<SpoolEntry, 'organizationId' | 'sha256' | 'bytes'>,
    content: () => ContentSource,
  ) => Promise<{ storedBytes: number }>
  /** Content of one organization, at most; null for no bound. */
  quotaBytes: number | null
}

/** `later`: its blob is being deleted at this moment, or its reference ended meanwhile. */
export type Delivery = { outcome: 'stored' | 'later' } | { outcome: 'dropped'; why: string }

/**
 * Delivers an entry; a second delivery changes nothing.
 * @throws {BlobsUnavailableError} {MetadataError} when it must be tried again
 */
export async function deliver(
  directory: string,
  id: string,
  { database, put, quotaBytes }: Destination,
): Promise<Delivery> {
  const entry = await readEntry(directory, id)
  if (entry === null) return { outcome: 'dropped', why: 'the file that says what it is is damaged' }
  const path = join(directory, contentName(id))
  const size = (await stat(path).catch(() => null))?.size ?? -1
  const { addReference, markStored, noteDrop } = await import('../../metadata/blobs.ts')
  if (size !== entry.bytes) {
    await noteDrop(database.queries, entry, 'damaged')
    return { outcome: 'dropped', why: `${size} of ${entry.bytes} bytes are on the disk` }
  }
  const added = await database.queries
    .transaction()
    .execute(async (transaction) => {
      const result = await addReference(transaction, entry, quotaBytes)
      if (result === 'over_quota') throw new OverQuota()
      return result
    })
    .catch((error: unknown) => {
      if (error instanceof OverQuota) return 'over_quota' as const
      throw error
    })
  if (added === 'deleting') return { outcome: 'later' }
  if (added === 'over_quota') {
    await noteDrop(database.queries, entry, 'quota')
    return { outcome: 'dropped', why: `the quota of ${entry.organizationId} is used up` }
  }
  const { storedBytes } = await put(entry, () => new FileSource(path))
  // Without its reference the object may be gone, or be one that nothing would delete.
  return { outcome: (await markStored(database.queries, entry, storedBytes)) ? 'stored' : 'later' }
}

/** Gives up an entry that has waited for too long. Where the metadata does not answer, nothing is noted: the spool has to end. */
export async function giveUp(
  directory: string,
  id: string,
  { database }: Pick<Destination, 'database'>,
): Promise<Delivery> {
  const { noteDrop } = await import('../../metadata/blobs.ts')
  const entry = await readEntry(directory, id).catch(() => null)
  if (entry !== null) await noteDrop(database.queries, entry, 'age').catch(() => undefined)
  return { outcome: 'dropped', why: 'it could not be sent for too long' }
}

/** Rolls the transaction back. */
class OverQuota extends Error {}

async function readEntry(directory: string, id: string): Promise<SpoolEntry | null> {
  const text = await readFile(join(directory, metaName(id)), 'utf8')
  try {
    return spoolEntry.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Removes an entry: first what makes it one. */
export async function removeEntry(directory: string, id: string): Promise<void> {
  await rm(join(directory, metaName(id)), { force: true })
  await rm(join(directory, contentName(id)), { force: true })
}
