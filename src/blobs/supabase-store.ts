/**
 * Objects in a private bucket of Supabase Storage, through its own client: small ones in one request, large ones by
 * resumable upload. The bucket is made where it is missing.
 */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { StorageClient } from '@supabase/storage-js'
import type { SupabasePlace } from '../blobs-config.ts'
import { BlobRefusedError } from '../errors.ts'
import { checkBlobKey, isBlobKey } from './blob-key.ts'
import type {
  BlobPage,
  BlobStore,
  ListOptions,
  OpenedBlob,
  OpenOptions,
  PutOptions,
  ShortLived,
} from './blob-store.ts'
import { checkedBody, copiesOf, exactly, fromWeb } from './stream-checks.ts'
import {
  dataOf,
  isDuplicate,
  isMissingBucket,
  isMissingObject,
  repeatably,
  StorageRefusal,
  toBlobError,
} from './supabase-answers.ts'
import { CHUNK_BYTES, uploadResumably } from './supabase-upload.ts'
import { fetchWithin } from './timed-fetch.ts'

const ANSWER_MS = 60_000
const DELETED_AT_ONCE = 500

export class SupabaseBlobStore implements BlobStore {
  readonly kind = 'supabase'
  readonly needsSize = true
  readonly location: string
  readonly #place: SupabasePlace
  readonly #client: StorageClient

  constructor(place: SupabasePlace) {
    this.location = `${place.url}, bucket ${place.bucket}`
    this.#place = place
    const { serviceRoleKey: key } = place
    const headers = { authorization: `Bearer ${key}`, apikey: key }
    this.#client = new StorageClient(`${place.url}/storage/v1`, headers, fetchWithin(ANSWER_MS))
  }

  async put(
    key: string,
    source: () => ShortLived,
    { bytes, signal }: PutOptions,
  ): Promise<'created' | 'present'> {
    checkBlobKey(key)
    if (bytes === undefined)
      throw new BlobRefusedError('Supabase Storage must be given the size of an object')
    if (bytes > CHUNK_BYTES)
      return this.#ask(() =>
        this.#inBucket(() =>
          uploadResumably(this.#place, { key, source: () => copiesOf(source()), bytes, signal }),
        ),
      )
    const content = await buffer(copiesOf(exactly(source(), { bytes, signal })))
    return this.#ask(() => this.#inBucket(() => repeatably(() => this.#upload(key, content), signal)))
  }

  async #upload(key: string, content: Buffer): Promise<'created' | 'present'> {
    try {
      const options = { upsert: false, contentType: 'application/octet-stream' }
      dataOf(await this.#client.from(this.#place.bucket).upload(key, content, options))
      return 'created'
    } catch (error) {
      if (error instanceof StorageRefusal && isDuplicate(error)) return 'present'
      throw error
    }
  }

  async open(key: string, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    const found = await this.head(key)
    if (found === null) return null
    const { start = 0, end = found.bytes - 1, signal } = options
    if (start < 0 || start > end + 1 || end >= found.bytes)
      throw new BlobRefusedError(`bytes ${start}-${end} are not in an object of ${found.bytes}`)
    const bytes = end - start + 1
    if (bytes === 0) return { body: Readable.from([], { objectMode: false }), bytes }
    const stream = await this.#ask(() =>
      repeatably(() => this.#download(key, { start, end, signal }), signal),
    )
    const body = checkedBody(fromWeb(stream), bytes, (error) => toBlobError(error, this.location))
    return { body, bytes }
  }

  async #download(
    key: string,
    { start, end, signal }: { start: number; end: number; signal: AbortSignal | undefined },
  ) {
    const bucket = this.#client.from(this.#place.bucket).setHeader('range', `bytes=${start}-${end}`)
    return dataOf(await bucket.download(key, {}, signal === undefined ? {} : { signal }).asStream())
  }

  async head(key: string): Promise<{ bytes: number } | null> {
    checkBlobKey(key)
    try {
      const bucket = this.#client.from(this.#place.bucket)
      const info = await repeatably(async () => dataOf(await bucket.info(key)), undefined)
      return { bytes: sizeOf(info.size ?? info.metadata?.['size']) }
    } catch (error) {
      if (error instanceof StorageRefusal && isMissingObject(error)) return null
      throw toBlobError(error, this.location)
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    keys.forEach(checkBlobKey)
    for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
      const some = keys.slice(at, at + DELETED_AT_ONCE)
      const bucket = this.#client.from(this.#place.bucket)
      await this.#ask(() => repeatably(async () => dataOf(await bucket.remove(some)), undefined))
    }
  }

  async list({ cursor, limit }: ListOptions): Promise<BlobPage> {
    const bucket = this.#client.from(this.#place.bucket)
    const options = { limit, ...(cursor === undefined ? {} : { cursor }) }
    const page = await this.#ask(() =>
      repeatably(async () => dataOf(await bucket.listV2(options)), undefined),
    )
    const objects = page.objects.map(({ key, name, metadata }) => ({
      key: key ?? name,
      bytes: sizeOf(metadata?.['size']),
    }))
    return {
      objects: objects.filter((object) => isBlobKey(object.key)),
      next: page.hasNext ? (page.nextCursor ?? null) : null,
    }
  }

  async probe(): Promise<void> {
    await this.#ask(() =>
      this.#inBucket(() =>
        repeatably(async () => dataOf(await this.#client.getBucket(this.#place.bucket)), undefined),
      ),
    )
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** @throws {BlobsUnavailableError | BlobRefusedError} */
  async #ask<Result>(question: () => Promise<Result>): Promise<Result> {
    try {
      return await question()
    } catch (error) {
      throw toBlobError(error, this.location)
    }
  }

  /** Makes the bucket where it is missing; another process may have made it meanwhile. */
  async #inBucket<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StorageRefusal && isMissingBucket(error))) throw error
    }
    const { error } = await this.#client.createBucket(this.#place.bucket, { public: false })
    if (error !== null && !/already exists/iu.test(error.message)) dataOf({ data: null, error })
    return work()
  }
}

function sizeOf(size: unknown): number {
  if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size
  throw new BlobRefusedError('Supabase Storage gives no size of the object')
}
