/** Deletes blobs that nothing refers to. */
import { randomUUID } from 'node:crypto'
import { claimUnreferenced, endDrops, endReferences, forgetDeleted } from '../metadata/blob-collection.ts'
import type { Database } from '../metadata/database.ts'
import { blobKey } from './blob-key.ts'
import type { BlobStore } from './blob-store.ts'

const AT_ONCE = 200
const REFERENCES_AT_ONCE = 1_000
/** A blob without references stays this long: an executor may be about to refer to it. */
const GRACE_MS = 86_400_000
/** Longer than deleting takes: what a collector that was killed has begun is deleted by another. */
const LEASE_MS = 900_000

export interface CollectOptions {
  database: Database
  store: Pick<BlobStore, 'delete'>
  signal?: AbortSignal | undefined
  /** @default a day */
  graceMs?: number
  leaseMs?: number
}

export interface Collected {
  blobs: number
  /** Of their content. */
  bytes: number
}

/**
 * Deletes what nothing has referred to for a while. Any number of collectors may run at once. First the row is marked, from
 * when on no reference is added; then the object goes, and last the row. Killed in between, another goes on from there.
 * @throws {BlobsUnavailableError} {MetadataError}
 */
export async function collectBlobs(options: CollectOptions): Promise<Collected> {
  const { database, store, signal, graceMs = GRACE_MS, leaseMs = LEASE_MS } = options
  const collected = { blobs: 0, bytes: 0 }
  for (;;) {
    if (signal?.aborted === true) return collected
    const claim = randomUUID()
    const claimed = await database.queries
      .transaction()
      .execute((transaction) => claimUnreferenced(transaction, { claim, graceMs, leaseMs, limit: AT_ONCE }))
    if (claimed.length === 0) return collected
    await store.delete(claimed.map(({ organizationId, sha256 }) => blobKey(organizationId, sha256)))
    collected.bytes += await forgetDeleted(database.queries, claim, claimed)
    collected.blobs += claimed.length
  }
}

/** Ends the references of executions that started before a time, and notes of what was dropped of them. */
export async function expireReferences(
  database: Database,
  before: Date,
  signal?: AbortSignal,
): Promise<void> {
  for (const end of [endReferences, endDrops])
    for (;;) {
      const ended = await end(database.queries, { before, limit: REFERENCES_AT_ONCE })
      if (ended < REFERENCES_AT_ONCE || signal?.aborted === true) break
    }
}
