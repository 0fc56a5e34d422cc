import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { openBlob, storeBlob } from '../../src/blobs/objects.ts'
import { SupabaseBlobStore } from '../../src/blobs/supabase-store.ts'
import { startStorageStandIn, type Fault, type StorageStandIn } from '../support/storage-stand-in/server.ts'
import { contentOf, copyOf, sha256Of } from './content.ts'
import { describeBlobStore } from './contract.ts'

const BUCKET = 'exectrail'
const storeAt = (url: string, serviceRoleKey = 'service-role-key') =>
  new SupabaseBlobStore({ kind: 'supabase', url, serviceRoleKey, bucket: BUCKET })

describeBlobStore({
  name: 'stand-in of Supabase Storage',
  async open() {
    const standIn = await startStorageStandIn()
    return { store: storeAt(standIn.url), [Symbol.asyncDispose]: () => standIn[Symbol.asyncDispose]() }
  },
})

const { SUPABASE_URL: realUrl, SUPABASE_SERVICE_ROLE_KEY: realKey } = process.env
describeBlobStore({
  name: 'Supabase Storage',
  skipped:
    realUrl === undefined || realKey === undefined ? 'SUPABASE_URL and its key are not set' : undefined,
  open: () =>
    Promise.resolve({
      store: storeAt(realUrl ?? '', realKey ?? ''),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
})

describe('Supabase Storage that fails', () => {
  let standIn: StorageStandIn
  let store: SupabaseBlobStore
  beforeAll(async () => {
    standIn = await startStorageStandIn()
    store = storeAt(standIn.url)
    await store.probe()
  })
  afterAll(() => standIn[Symbol.asyncDispose]())

  const small = randomBytes(3_000_000)
  const large = randomBytes(20_000_000)

  async function putAndRead(content: Buffer, on: RegExp, faults: readonly Fault[]) {
    standIn.state.faults.push(...faults.map((fault) => ({ on, fault })))
    const key = blobKey('acme', sha256Of(randomBytes(8)))
    const source = () => Readable.from(pieces(content))
    const outcome = await store.put(key, source, { bytes: content.length })
    expect(standIn.state.faults).toEqual([])
    const opened = await store.open(key)
    expect(opened !== null && (await buffer(opened.body)).equals(content)).toBe(true)
    return outcome
  }

  it.each(['refuse-early', 'drop', 'error', 'slow', 'silent'] as const)(
    'stores a small object after: %s',
    async (fault) => {
      expect(
        await putAndRead(small, /^POST .*\/object\//u, fault === 'slow' ? [fault] : [fault, fault]),
      ).toBe('created')
    },
  )

  it.each(['refuse-early', 'drop', 'error', 'slow', 'silent'] as const)(
    'stores a large object after: %s',
    async (fault) => {
      expect(await putAndRead(large, /^PATCH /u, fault === 'slow' ? [fault] : [fault, fault])).toBe('created')
    },
  )

  it('goes on with a large object where the connection broke, and does not begin again', async () => {
    standIn.state.requests.length = 0
    await putAndRead(large, /^PATCH /u, ['drop'])
    const made = standIn.state.requests.filter(
      (asked) => asked.startsWith('POST') && asked.includes('resumable'),
    )
    expect(made).toHaveLength(1)
    expect(standIn.state.requests.filter((asked) => asked.startsWith('HEAD'))).toHaveLength(1)
  })

  it('says for ever that an object is too large, and for now that the key is wrong', async () => {
    const key = blobKey('acme', sha256Of('large'))
    for (const [content, on] of [
      [small, /^POST .*\/object\//u],
      [large, /^POST .*resumable/u],
    ] as const) {
      standIn.state.faults.push({ on, fault: 'too-large' })
      const put = store.put(key, () => Readable.from([content]), { bytes: content.length })
      await expect(put).rejects.toMatchObject({ code: 'blob_refused', hint: expect.stringMatching(/limit/u) })
      const wrong = storeAt(standIn.url, 'anon-key').put(key, () => Readable.from([content]), {
        bytes: content.length,
      })
      await expect(wrong).rejects.toMatchObject({
        code: 'blobs_unavailable',
        hint: expect.stringMatching(/SUPABASE_SERVICE_ROLE_KEY/u),
      })
    }
  })

  it('is unavailable where no server listens, in words that say so', async () => {
    const away = storeAt('http://127.0.0.1:1999')
    await expect(away.probe()).rejects.toMatchObject({ code: 'blobs_unavailable' })
    await expect(away.head(blobKey('acme', sha256Of('x')))).rejects.toThrow(
      /does not answer: .*ECONNREFUSED/u,
    )
  })

  it('makes its bucket where it is missing, private and also at the moment of an upload', async () => {
    for (const content of [small, large]) {
      standIn.state.buckets.clear()
      expect(await putAndRead(content, /never/u, [])).toBe('created')
    }
    await Promise.all([store.probe(), storeAt(standIn.url).probe()])
  })

  it('fails the reader where the connection breaks in the middle of an object', async () => {
    const key = blobKey('acme', sha256Of('broken'))
    await store.put(key, () => Readable.from([large]), { bytes: large.length })
    standIn.state.buckets.get(BUCKET)?.set(key, large.subarray(0, 100))
    await expect(store.open(key, { start: 0, end: 2000 })).rejects.toMatchObject({ code: 'blob_refused' })
  })
})

describe('content in Supabase Storage', () => {
  it('comes back, small and large, and is stored once', async () => {
    await using standIn = await startStorageStandIn()
    const place = { store: storeAt(standIn.url), keyring: keyringOf([randomBytes(32)]) }
    for (const size of [0, 100, 9_000_000]) {
      const content = randomBytes(size)
      const name = { organizationId: 'acme', sha256: sha256Of(content) }
      const stored = await storeBlob(place, name, contentOf(content))
      expect(await storeBlob(place, name, contentOf(content))).toEqual({ ...stored, outcome: 'present' })
      const opened = await openBlob(place, name)
      expect(opened !== null && (await copyOf(opened.read())).equals(content)).toBe(true)
    }
  })
})

function* pieces(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000)
}
