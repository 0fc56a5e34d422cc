/** Ends references to content by its age, and deletes blobs that nothing refers to, while the service runs. */
import { collectBlobs, expireReferences } from '../blobs/collect.ts'
import { openBlobStore } from '../blobs/open-blob-store.ts'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { BlobsConfig } from '../blobs-config.ts'
import { formatBytes, formatCount } from '../format.ts'
import type { Database } from '../metadata/database.ts'
import type { Store } from '../store/client.ts'
import { readOldestKept } from './content-age.ts'
import { repeat, type Repetition } from './repeat.ts'

const EVERY_MS = 600_000

interface Parts {
  store: Store
  database: Database
  blobs: BlobsConfig
  /** Content goes with the month that ended so many days ago; null: with its executions. */
  contentDays: number | null
  log: (line: string) => void
}

/** Several services share the work. Null where blobs are switched off. */
export async function keepBlobs(parts: Parts): Promise<Repetition | null> {
  const blobs = await openBlobStore(parts.blobs)
  if (blobs === null) return null
  const repetition = repeat((signal) => clearBlobs({ ...parts, blobs, signal }), {
    everyMs: EVERY_MS,
    log: parts.log,
    failure: 'Blobs that nothing refers to are not deleted',
  })
  return { close: () => repetition.close().then(() => blobs.close()) }
}

/** One round. @param now ms since the epoch */
export async function clearBlobs(
  {
    store,
    database,
    blobs,
    contentDays,
    log,
    signal,
  }: Omit<Parts, 'blobs'> & {
    blobs: BlobStore
    signal?: AbortSignal
  },
  now = Date.now(),
): Promise<void> {
  const before = await readOldestKept(store, contentDays, now)
  if (before !== null) await expireReferences(database, before, signal)
  const { blobs: count, bytes } = await collectBlobs({ database, store: blobs, signal })
  if (count > 0)
    log(`Deleted ${formatCount(count)} blobs, ${formatBytes(bytes)} of content, that nothing refers to.`)
}
