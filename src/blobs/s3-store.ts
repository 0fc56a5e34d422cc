/** Objects in a bucket of S3, or of a server that speaks its protocol, through Amazon's client; large ones in parts. */
import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { S3Place } from '../blobs-config.ts'
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
import { isDuplicate, isMissing, isMissingBucket, s3Error } from './s3-answers.ts'
import { checkedBody, copiesOf, exactly } from './stream-checks.ts'

const PART_BYTES = 8 * 1_048_576
const DELETED_AT_ONCE = 1000
const TIMES = { connectionTimeout: 10_000, socketTimeout: 60_000 }

export class S3BlobStore implements BlobStore {
  readonly kind = 's3'
  readonly needsSize = false
  readonly location: string
  readonly #bucket: string
  readonly #client: S3Client

  constructor({ bucket, region, endpoint, credentials }: S3Place) {
    this.location = `${endpoint ?? `S3 in ${region}`}, bucket ${bucket}`
    this.#bucket = bucket
    this.#client = new S3Client({
      region,
      requestHandler: TIMES,
      ...(credentials === null ? {} : { credentials: withoutUndefined(credentials) }),
      // Other servers know neither the host names of buckets nor all checksums.
      ...(endpoint === null
        ? {}
        : { endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' as const }),
    })
  }

  async put(key: string, source: () => ShortLived, options: PutOptions): Promise<'created' | 'present'> {
    if ((await this.head(key)) !== null) return 'present'
    return this.#ask(async () => {
      try {
        await this.#upload(key, source, options)
      } catch (error) {
        if (!isMissingBucket(error)) throw error
        await this.#makeBucket()
        await this.#upload(key, source, options)
      }
      return 'created' as const
    }).catch((error: unknown) => {
      if (error instanceof Error && isDuplicate(error.cause)) return 'present'
      throw error
    })
  }

  async #upload(key: string, source: () => ShortLived, options: PutOptions): Promise<void> {
    const { signal } = options
    signal?.throwIfAborted()
    const body = copiesOf(exactly(source(), options))
    const params = { Bucket: this.#bucket, Key: key, Body: body, IfNoneMatch: '*' }
    const upload = new Upload({ client: this.#client, params, queueSize: 2, partSize: PART_BYTES })
    const cancel = () => {
      body.destroy(new DOMException('the upload was cancelled', 'AbortError'))
      void upload.abort()
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      await upload.done()
    } finally {
      signal?.removeEventListener('abort', cancel)
      body.destroy()
    }
  }

  async open(key: string, { start = 0, end, signal }: OpenOptions = {}): Promise<OpenedBlob | null> {
    const found = await this.head(key)
    if (found === null) return null
    const last = end ?? found.bytes - 1
    if (start < 0 || start > last + 1 || last >= found.bytes)
      throw new BlobRefusedError(`bytes ${start}-${last} are not in an object of ${found.bytes}`)
    const bytes = last - start + 1
    if (bytes === 0) return { body: Readable.from([], { objectMode: false }), bytes }
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: `bytes=${start}-${last}` })
    const { Body: body } = await this.#ask(() =>
      this.#client.send(command, signal && { abortSignal: signal }),
    )
    if (!(body instanceof Readable)) throw new BlobRefusedError('S3 gives no body of the object')
    return { body: checkedBody(body, bytes, (error) => s3Error(error, this.location)), bytes }
  }

  async head(key: string): Promise<{ bytes: number } | null> {
    checkBlobKey(key)
    try {
      const { ContentLength: bytes } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: key }),
      )
      return { bytes: bytes ?? 0 }
    } catch (error) {
      if (isMissing(error)) return null
      throw s3Error(error, this.location)
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    keys.forEach(checkBlobKey)
    for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
      const Objects = keys.slice(at, at + DELETED_AT_ONCE).map((Key) => ({ Key }))
      const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } })
      const { Errors: [failed] = [] } = await this.#ask(() => this.#client.send(command))
      if (failed !== undefined) throw s3Error(new Error(`${failed.Code}: ${failed.Message}`), this.location)
    }
  }

  async list({ cursor, limit }: ListOptions): Promise<BlobPage> {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      MaxKeys: limit,
      ContinuationToken: cursor,
    })
    const page = await this.#ask(() => this.#client.send(command))
    const objects = (page.Contents ?? []).map(({ Key: key = '', Size: bytes = 0 }) => ({ key, bytes }))
    return { objects: objects.filter(({ key }) => isBlobKey(key)), next: page.NextContinuationToken ?? null }
  }

  async probe(): Promise<void> {
    await this.#ask(async () => {
      try {
        await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }))
      } catch (error) {
        if (!isMissing(error)) throw error
        await this.#makeBucket()
      }
    })
  }

  close(): Promise<void> {
    this.#client.destroy()
    return Promise.resolve()
  }

  async #makeBucket(): Promise<void> {
    try {
      await this.#client.send(new CreateBucketCommand({ Bucket: this.#bucket }))
    } catch (error) {
      if (!(error instanceof Error && error.name.startsWith('BucketAlready'))) throw error
    }
  }

  async #ask<Result>(question: () => Promise<Result>): Promise<Result> {
    try {
      return await question()
    } catch (error) {
      throw s3Error(error, this.location)
    }
  }
}

function withoutUndefined({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: NonNullable<S3Place['credentials']>) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}
