/** What every blob store does, whatever is behind it. */
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import type { BlobStore, StoredBlob } from '../../src/blobs/blob-store.ts'
import { copyOf, sha256Of } from './content.ts'

export interface OpenedStore extends AsyncDisposable {
  store: BlobStore
}

interface Subject {
  name: string
  open: () => Promise<OpenedStore>
  /** Why it is left out; it then stands in the name. */
  skipped?: string | undefined
  /** Of an object that is uploaded in parts, bytes. */
  largeBytes?: number
}

const put = (store: BlobStore, key: string, content: Buffer) =>
  store.put(key, () => slices(content), { bytes: content.length })

/** In one buffer that is used again. */
async function* slices(content: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  const slice = Buffer.alloc(size)
  for (let at = 0; at < content.length; at += size)
    yield slice.subarray(0, content.copy(slice, 0, at, at + size))
}

async function read(store: BlobStore, key: string, range?: { start?: number; end?: number }) {
  const opened = await store.open(key, range)
  if (opened === null) return null
  const content = await copyOf(opened.body)
  expect(content.length).toBe(opened.bytes)
  return content
}

/** Each test has an organization of its own, so that the suite can run against a store that others use too. */
const freshOrganization = () => `contract ${randomBytes(8).toString('hex')}/../%2F\u0000é`
const freshKey = () => blobKey(freshOrganization(), sha256Of(randomBytes(8)))

export function describeBlobStore({ name, open, skipped, largeBytes = 20_000_000 }: Subject): void {
  const reason = skipped === undefined ? '' : ` (skipped: ${skipped})`
  describe.skipIf(skipped !== undefined)(`blob store: ${name}${reason}`, () => {
    let opened: OpenedStore
    let store: BlobStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
      await store.probe()
    })
    afterAll(() => opened[Symbol.asyncDispose]())

    describeContent(() => store, largeBytes)
    describeRefusals(() => store)
    describeKeys(() => store)
  })
}

function describeContent(store: () => BlobStore, largeBytes: number): void {
  it('gives back what it was given: nothing, one byte, and any bytes', async () => {
    for (const content of [Buffer.alloc(0), Buffer.from([0]), randomBytes(300_001)]) {
      const key = freshKey()
      expect(await put(store(), key, content)).toBe('created')
      expect((await read(store(), key))?.equals(content)).toBe(true)
      expect(await store().head(key)).toEqual({ bytes: content.length })
      await store().delete([key])
    }
  })

  it('stores a large object in parts and gives it back', async () => {
    const key = freshKey()
    const content = randomBytes(largeBytes)
    expect(await put(store(), key, content)).toBe('created')
    expect((await read(store(), key))?.equals(content)).toBe(true)
    expect(await put(store(), key, randomBytes(largeBytes))).toBe('present')
    const middle = { start: Math.floor(largeBytes / 2), end: Math.floor(largeBytes / 2) + 9 }
    expect((await read(store(), key, middle))?.equals(content.subarray(middle.start, middle.end + 1))).toBe(
      true,
    )
    await store().delete([key])
  })

  it('reads any part, bounds inclusive', async () => {
    const key = freshKey()
    const content = randomBytes(1000)
    await put(store(), key, content)
    for (const [start, end] of [
      [0, 0],
      [0, 999],
      [1, 500],
      [999, 999],
    ] as const)
      expect((await read(store(), key, { start, end }))?.equals(content.subarray(start, end + 1))).toBe(true)
    expect((await read(store(), key, { start: 990 }))?.equals(content.subarray(990))).toBe(true)
    await store().delete([key])
  })

  it('never overwrites: the first content stays', async () => {
    const key = freshKey()
    await put(store(), key, Buffer.from('first'))
    expect(await put(store(), key, Buffer.from('second'))).toBe('present')
    expect(String(await read(store(), key))).toBe('first')
    await store().delete([key])
  })

  it('stores one whole object where many write the same key at once', async () => {
    const key = freshKey()
    const content = randomBytes(200_000)
    const ends = await Promise.all(Array.from({ length: 6 }, () => put(store(), key, content)))
    expect(ends.filter((end) => end === 'created').length).toBeGreaterThanOrEqual(1)
    expect((await read(store(), key))?.equals(content)).toBe(true)
    await store().delete([key])
  })
}

function describeRefusals(store: () => BlobStore): void {
  it('refuses a source of another size than announced, and stores nothing of it', async () => {
    for (const announced of [99, 101]) {
      const key = freshKey()
      const source = () => Readable.from([Buffer.alloc(100)])
      await expect(store().put(key, source, { bytes: announced })).rejects.toMatchObject({
        code: 'blob_refused',
      })
      expect(await store().head(key)).toBeNull()
    }
  })

  it('fails as its source fails, and stores nothing of it', async () => {
    const key = freshKey()
    const source = () =>
      Readable.from(
        (async function* failing() {
          yield Buffer.alloc(50)
          throw new Error('the disk is gone')
        })(),
      )
    await expect(store().put(key, source, { bytes: 100 })).rejects.toThrow('the disk is gone')
    expect(await store().head(key)).toBeNull()
  })

  it('ends an upload that is cancelled', async () => {
    const key = freshKey()
    const cancelled = new AbortController()
    const source = () =>
      Readable.from(
        (async function* long() {
          for (let count = 0; count < 600; count++) {
            yield Buffer.alloc(65_536)
            cancelled.abort()
          }
        })(),
      )
    await expect(
      store().put(key, source, { bytes: 40_000_000, signal: cancelled.signal }),
    ).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(await store().head(key)).toBeNull()
  })
}

function describeKeys(store: () => BlobStore): void {
  it('knows nothing of an object that was not stored', async () => {
    const key = freshKey()
    expect(await store().open(key)).toBeNull()
    expect(await store().open(key, { start: 0, end: 5 })).toBeNull()
    expect(await store().head(key)).toBeNull()
    await store().delete([key])
  })

  it('takes no key but those of blobKey()', async () => {
    const sha256 = sha256Of('x')
    for (const key of [
      '',
      '../../etc/passwd',
      `${sha256}/../${sha256}`,
      `${sha256}/${sha256.toUpperCase()}`,
      sha256,
    ]) {
      await expect(put(store(), key, Buffer.from('x'))).rejects.toMatchObject({ code: 'blob_refused' })
      await expect(store().open(key)).rejects.toMatchObject({ code: 'blob_refused' })
      await expect(store().head(key)).rejects.toMatchObject({ code: 'blob_refused' })
      await expect(store().delete([key])).rejects.toMatchObject({ code: 'blob_refused' })
    }
  })

  it('lists objects in order of their keys, page by page, and deletes them', async () => {
    const organization = freshOrganization()
    const keys = Array.from({ length: 7 }, (_, index) =>
      blobKey(organization, sha256Of(`object ${index}`)),
    ).toSorted()
    for (const key of keys) await put(store(), key, Buffer.from(key.slice(0, 10)))
    const listed = (await listAll(store())).filter(({ key }) => keys.includes(key))
    expect(listed).toEqual(keys.map((key) => ({ key, bytes: 10 })))
    await store().delete(keys)
    expect((await listAll(store())).filter(({ key }) => keys.includes(key))).toEqual([])
  })
}

async function listAll(store: BlobStore): Promise<StoredBlob[]> {
  const listed: StoredBlob[] = []
  let cursor: string | undefined
  do {
    const page = await store.list({ cursor, limit: 3 })
    expect(page.objects.length).toBeLessThanOrEqual(3)
    listed.push(...page.objects)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return listed
}
