/** Whole content of the executions of one executor: into the spool, and from there to the store. */
import { keyringOf } from '../../blobs/format/keyring.ts'
import { storeBlob } from '../../blobs/objects.ts'
import type { BlobsStatus } from '../../blobs/blobs-status.ts'
import type { BlobStore } from '../../blobs/blob-store.ts'
import { openBlobStore } from '../../blobs/open-blob-store.ts'
import { BlobSender, type SenderParts } from '../../blobs/send/sender.ts'
import { Spool, spoolRoot } from '../../blobs/spool/spool.ts'
import type { Config } from '../../config.ts'
import type { StartedRecord } from '../../record/record.ts'
import type { RequestBody } from '../request-schema.ts'
import { BlobDrafts } from './blob-drafts.ts'
import { BlobWriter } from './blob-writer.ts'
import { ExecutionBlobs } from './execution-blobs.ts'

export interface Blobs {
  of(started: StartedRecord, body: RequestBody): ExecutionBlobs
  status(): BlobsStatus
  /** Waits until nothing of this executor waits or the deadline passes. @returns blobs left */
  flush(deadlineMs: number): Promise<number>
  /** Stops; what waits is left to the next process with this home. */
  close(): Promise<void>
}

/** Null where blobs are switched off. */
export function openBlobs(
  config: Pick<Config, 'home' | 'blobs' | 'content' | 'outboxMaxAgeMs'>,
  { executorId, database }: { executorId: string } & Pick<SenderParts, 'database'>,
): Blobs | null {
  const { blobs, content, outboxMaxAgeMs: maxAgeMs } = config
  if (blobs.place.kind === 'none') return null
  const spool = new Spool({
    root: spoolRoot(config.home),
    ownerId: executorId,
    maxBytes: blobs.spoolMaxBytes,
  })
  const writer = new BlobWriter()
  const drafts = new BlobDrafts({ spool, writer, maxBytes: blobs.maxBytes })
  const store = new OpenedStore(config.blobs)
  const sender = new BlobSender({
    spool,
    database,
    put: (entry, source) => store.put(entry, source),
    quotaBytes: blobs.quotaBytes,
    maxAgeMs,
  })
  return {
    of: (started, body) => new ExecutionBlobs({ drafts, content, started, body }),
    status: () => ({
      ...spool.counters,
      ...sender.counters,
      waiting: sender.waiting,
      spoolBytes: spool.usedBytes,
    }),
    flush: (deadlineMs) => sender.flush(deadlineMs),
    async close() {
      sender.stop()
      await writer.close()
      spool.close()
      await store.close()
    },
  }
}

/** Opened with the first blob. */
class OpenedStore {
  readonly #config: Config['blobs']
  #store: Promise<BlobStore | null> | null = null

  constructor(config: Config['blobs']) {
    this.#config = config
  }

  put: SenderParts['put'] = async (entry, content) => {
    const store = await this.#open()
    if (store === null) throw new Error('blobs are switched off')
    return storeBlob({ store, keyring: keyringOf(this.#config.keys) }, entry, { bytes: entry.bytes, content })
  }

  async close(): Promise<void> {
    const store = await this.#store?.catch(() => null)
    await store?.close()
  }

  #open(): Promise<BlobStore | null> {
    this.#store ??= openBlobStore(this.#config).catch((error: unknown) => {
      this.#store = null
      throw error
    })
    return this.#store
  }
}
