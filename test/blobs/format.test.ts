import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { decodeRange, readDirectory } from '../../src/blobs/format/decode.ts'
import { encodeBlob } from '../../src/blobs/format/encode.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { bombFor } from './bomb.ts'
import { copyOf, sha256Of, sourceOf } from './content.ts'

/** Small frames, so that little content has many of them. */
const FRAME_LOG2 = 10
const keys = [randomBytes(32), randomBytes(32), randomBytes(32)]

interface Encoding {
  key?: string
  /** Which of the keys encrypts; null for none. */
  with?: number | null
  frameLog2?: number
}

async function encode(content: Buffer, { key, with: chosen = null, frameLog2 = FRAME_LOG2 }: Encoding = {}) {
  const master = chosen === null ? null : keyringOf(keys.slice(chosen)).current
  const pieces = encodeBlob(sourceOf(content), {
    key: key ?? blobKey('acme', sha256Of(content)),
    bytes: content.length,
    master,
    salt: randomBytes(16),
    frameLog2,
  })
  return copyOf(pieces)
}

/** Pieces of odd sizes, in one buffer that is used again. */
async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(3001)
  for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 3001)
    yield piece.subarray(0, content.copy(piece, 0, at, at + size))
}

async function decode(
  stored: Buffer,
  key: string,
  { range, ring = keys }: { range?: [number, number]; ring?: Buffer[] } = {},
) {
  const read = (start: number, end: number) => Promise.resolve(chunksOf(stored.subarray(start, end + 1)))
  const directory = await readDirectory(read, { key, storedBytes: stored.length, keyring: keyringOf(ring) })
  const [start, end] = range ?? [0, directory.index.bytes - 1]
  return copyOf(decodeRange(read, directory, { start, end }))
}

/** Bytes of any kind, and text that compresses, over several frames. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.string({ minLength: 1 }), fc.nat(800)).map(([text, times]) => Buffer.from(text.repeat(times))),
  fc.nat(5).map((frames) => randomBytes(frames * 2 ** FRAME_LOG2)),
)
const cipher = fc.constantFrom(null, 0, 1)

describe('the stored form', () => {
  it('gives back any content, encrypted or not', () =>
    fc.assert(
      fc.asyncProperty(content, cipher, async (bytes, chosen) => {
        const stored = await encode(bytes, { with: chosen })
        expect((await decode(stored, blobKey('acme', sha256Of(bytes)))).equals(bytes)).toBe(true)
      }),
      { numRuns: 300 },
    ))

  it('gives any part of it, and reads only the frames of that part', () =>
    fc.assert(
      fc.asyncProperty(content, cipher, fc.nat(), fc.nat(), async (bytes, chosen, from, length) => {
        fc.pre(bytes.length > 0)
        const start = from % bytes.length
        const end = start + (length % (bytes.length - start))
        const stored = await encode(bytes, { with: chosen })
        const part = await decode(stored, blobKey('acme', sha256Of(bytes)), { range: [start, end] })
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true)
      }),
      { numRuns: 300 },
    ))

  it('is read with any later ring that still has its key, and with no other', () =>
    fc.assert(
      fc.asyncProperty(content, fc.nat(2), fc.shuffledSubarray(keys), async (bytes, chosen, ring) => {
        const stored = await encode(bytes, { with: chosen })
        const key = blobKey('acme', sha256Of(bytes))
        const hasKey = ring.some((secret) => keys[chosen]?.equals(secret))
        if (hasKey) expect((await decode(stored, key, { ring })).equals(bytes)).toBe(true)
        else await expect(decode(stored, key, { ring })).rejects.toThrow(/not among the keys/u)
      }),
      { numRuns: 200 },
    ))

  it('does not hold the content where it is encrypted, nor is it twice the same', async () => {
    const secret = Buffer.from('the secret of acme')
    const [first, second] = [await encode(secret, { with: 0 }), await encode(secret, { with: 0 })]
    expect(first.includes(secret)).toBe(false)
    expect(first.subarray(8, 30).equals(second.subarray(8, 30))).toBe(false)
  })

  it('is smaller for text, and barely larger for what does not compress', async () => {
    const text = Buffer.from('the same line again and again\n'.repeat(100_000))
    expect((await encode(text, { frameLog2: 20 })).length).toBeLessThan(text.length / 100)
    const random = randomBytes(3_000_000)
    expect((await encode(random, { frameLog2: 20, with: 0 })).length).toBeLessThan(random.length + 300)
  })

  it('refuses content that has another sha256 than its name', async () => {
    await expect(encode(Buffer.from('a'), { key: blobKey('acme', sha256Of('b')) })).rejects.toMatchObject({
      code: 'blob_refused',
    })
  })
})

/** Written by an earlier version, with frames of 256 KiB: plain, and encrypted with a key of 32 sevens. */
const EARLIER = [
  'RVhCTE9CMQoBKLUv/QBAFQEA2GtlcHQgYnkgYW4gZWFybGllciB2ZXJzaW9uCgEA+7s6xwAAAAAAAAIcLVt4fgmTVrMvBb/sce7JTDD14lrBUF3pdbI+XGyWZRAAAAAsi6X5vwEAEgAAAAAAAAAAAAAAAAAAAAAAAQEBAQEBAQEBAQEBAQEBAQAAADCI+J9hRVhCTE9CRQo=',
  'RVhCTE9CMQpfmvTe+FkJ9FKQxTTcNH1tqMBuf3sEbSzaeEFdV7kFzl67fpJ+i+yP6JfQoab8LOLEx58vJ1mHjgTNVx8FUFBq0qht9SznNBwdOFULLMoVv2hfgLXJ7DVlY1lU4bNbOL3of8Zq49zfraVbv5UHx5RaIP8WbbPzyXzJN11cAQESAO8TVDTzRO4I4XYUx28TwTUBAQEBAQEBAQEBAQEBAQEBAAAAQMaCciRFWEJMT0JFCg==',
]

describe('an object of an earlier version', () => {
  it.each(EARLIER)('is read: %#', async (text) => {
    const bytes = Buffer.from('kept by an earlier version\n'.repeat(20))
    const stored = Buffer.from(text, 'base64')
    const ring = [Buffer.alloc(32, 7)]
    expect(await decode(stored, blobKey('acme', sha256Of(bytes)), { ring })).toEqual(bytes)
  })

  it('is read whole and in part, with frames of its size', async () => {
    const bytes = randomBytes(1_000_000)
    const key = blobKey('acme', sha256Of(bytes))
    for (const chosen of [null, 0]) {
      const stored = await encode(bytes, { with: chosen, frameLog2: 18 })
      expect((await decode(stored, key)).equals(bytes)).toBe(true)
      const part = await decode(stored, key, { range: [262_000, 600_000] })
      expect(part.equals(bytes.subarray(262_000, 600_001))).toBe(true)
    }
  })
})

describe('a stored object that is not what was stored', () => {
  const refused = { code: 'blob_damaged' }

  it('is refused with any byte changed', () =>
    fc.assert(
      fc.asyncProperty(
        content,
        cipher,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (bytes, chosen, at, flip) => {
          const stored = await encode(bytes, { with: chosen })
          const position = at % stored.length
          stored[position] = (stored[position] ?? 0) ^ flip
          const reading = decode(stored, blobKey('acme', sha256Of(bytes)))
          // What is read begins at the end; the first eight bytes are for those who look at the start.
          if (position < 8) expect((await reading).equals(bytes)).toBe(true)
          else await expect(reading).rejects.toMatchObject(refused)
        },
      ),
      { numRuns: 600 },
    ))

  it('is refused when it is cut anywhere, or longer', () =>
    fc.assert(
      fc.asyncProperty(content, cipher, fc.nat(), fc.nat(), async (bytes, chosen, from, length) => {
        const stored = await encode(bytes, { with: chosen })
        const start = from % stored.length
        const cut = Buffer.concat([stored.subarray(0, start), stored.subarray(start + 1 + (length % 3000))])
        const key = blobKey('acme', sha256Of(bytes))
        await expect(decode(cut, key)).rejects.toMatchObject(refused)
        await expect(decode(Buffer.concat([stored, Buffer.from('x')]), key)).rejects.toMatchObject(refused)
      }),
      { numRuns: 300 },
    ))

  it('is refused when two of its frames are exchanged, whole or in the part that is read', async () => {
    for (const chosen of [null, 0]) {
      const bytes = randomBytes(3 * 2 ** FRAME_LOG2)
      const stored = await encode(bytes, { with: chosen })
      const frame = 2 ** FRAME_LOG2 + 1 + (chosen === null ? 0 : 16)
      const [first, second] = [stored.subarray(8, 8 + frame), stored.subarray(8 + frame, 8 + 2 * frame)]
      const exchanged = Buffer.concat([stored.subarray(0, 8), second, first, stored.subarray(8 + 2 * frame)])
      const key = blobKey('acme', sha256Of(bytes))
      await expect(decode(exchanged, key)).rejects.toMatchObject(refused)
      await expect(decode(exchanged, key, { range: [5, 9] })).rejects.toMatchObject(refused)
    }
  })

  it('is refused in the place of another, of the same organization or another with the same content', async () => {
    for (const chosen of [null, 0]) {
      const stored = await encode(Buffer.from('ours'), { with: chosen })
      await expect(decode(stored, blobKey('acme', sha256Of('theirs')))).rejects.toMatchObject(refused)
    }
    const encrypted = await encode(Buffer.from('ours'), { with: 0 })
    await expect(decode(encrypted, blobKey('umbra', sha256Of('ours')))).rejects.toMatchObject(refused)
  })

  it('is refused as anything else: any bytes, and a frame that expands beyond its size', async () => {
    const key = blobKey('acme', sha256Of('x'))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        await expect(decode(Buffer.from(bytes), key)).rejects.toMatchObject(refused)
      }),
    )
    await expect(decode(bombFor(key), key)).rejects.toMatchObject(refused)
  })
})
