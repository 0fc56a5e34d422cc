import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { S3BlobStore } from '../../src/blobs/s3-store.ts'
import { loadConfig } from '../../src/config.ts'
import { startS3StandIn } from '../support/s3-stand-in.ts'
import { sha256Of } from './content.ts'
import { describeBlobStore } from './contract.ts'

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
const storeAt = (endpoint: string) =>
  new S3BlobStore({ kind: 's3', bucket: 'exectrail', region: 'us-east-1', endpoint, credentials })

describeBlobStore({
  name: 'stand-in of S3',
  async open() {
    const standIn = await startS3StandIn()
    const store = storeAt(standIn.url)
    return {
      store,
      async [Symbol.asyncDispose]() {
        await store.close()
        await standIn[Symbol.asyncDispose]()
      },
    }
  },
})

const { place } = loadConfig({ ...process.env, EXECTRAIL_BLOBS: 's3' }).blobs
const real = place.kind === 's3' && place.credentials !== null ? new S3BlobStore(place) : null
describeBlobStore({
  name: 'S3',
  skipped: real === null ? 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set' : undefined,
  open: () =>
    Promise.resolve({
      store: real ?? storeAt('http://127.0.0.1'),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
})

describe('S3 that fails', () => {
  it('stores after faults of the server, and makes the bucket where it is missing', async () => {
    await using standIn = await startS3StandIn()
    const store = storeAt(standIn.url)
    for (const size of [100, 20_000_000]) {
      const content = randomBytes(size)
      standIn.state.buckets.clear()
      standIn.state.faults.push({ on: /^PUT .*\/[0-9a-f]{64}/u, status: 503 })
      const key = blobKey('acme', sha256Of(content))
      expect(await store.put(key, () => Readable.from([content]), { bytes: size })).toBe('created')
      expect(standIn.state.buckets.get('exectrail')?.get(key)?.equals(content)).toBe(true)
    }
    expect(standIn.state.uploads.size).toBe(0)
    await store.close()
  })

  it('says for now that the key is wrong or no server answers', async () => {
    await using standIn = await startS3StandIn()
    standIn.state.faults.push({ on: /^HEAD/u, status: 403 })
    const store = storeAt(standIn.url)
    await expect(store.probe()).rejects.toMatchObject({
      code: 'blobs_unavailable',
      hint: expect.stringMatching(/AWS_ACCESS_KEY_ID/u),
    })
    await expect(storeAt('http://127.0.0.1:1999').probe()).rejects.toMatchObject({
      code: 'blobs_unavailable',
    })
    await store.close()
  })
})
