/** Pieces of content change once the next is asked for, so that long content takes little memory. */
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { collect } from '../../src/blobs/format/decode.ts'
import { encodeBlob } from '../../src/blobs/format/encode.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { FRAME_BYTES } from '../../src/blobs/format/layout.ts'
import { openBlob, storeBlob } from '../../src/blobs/objects.ts'
import { copiesOf } from '../../src/blobs/stream-checks.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { contentOf, sha256Of, sourceOf } from './content.ts'

const FRAMES = 30
/** In use at once: those that are worked on, read ahead and given out, for reading and for making. */
const FRAMES_HELD = 12
const random = randomBytes(FRAMES * FRAME_BYTES)
const text = Buffer.alloc(FRAMES * FRAME_BYTES, 'a line that repeats itself\n')
const encrypted = keyringOf([randomBytes(32)])
const cases = [
  { what: 'random bytes', content: random, keyring: keyringOf([]) },
  { what: 'random bytes, encrypted', content: random, keyring: encrypted },
  { what: 'text', content: text, keyring: keyringOf([]) },
  { what: 'text, encrypted', content: text, keyring: encrypted },
]

async function openStored({ content, keyring }: (typeof cases)[number]) {
  const directory = await temporaryDirectory()
  const place = { store: new DirectoryBlobStore(directory.path), keyring }
  const name = { organizationId: 'acme', sha256: sha256Of(content) }
  await storeBlob(place, name, contentOf(content))
  const opened = await openBlob(place, name)
  if (opened === null) throw new Error('it was not stored')
  return { ...opened, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

/** Of all pieces together, once the last was given. */
async function memoryOf(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const memory = new Set<ArrayBufferLike>()
  for await (const { buffer: behind } of pieces) memory.add(behind)
  return [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

describe.each(cases)('$what', (given) => {
  const { content, keyring } = given

  it('comes whole to who holds copies of all pieces, and to who collects them', async () => {
    await using stored = await openStored(given)
    expect((await buffer(copiesOf(stored.read()))).equals(content)).toBe(true)
    expect((await collect(stored.read(), stored.bytes)).equals(content)).toBe(true)
    const part = { start: FRAME_BYTES - 3, end: 3 * FRAME_BYTES + 5 }
    const copied = await buffer(copiesOf(stored.read(part)))
    expect(copied.equals(content.subarray(part.start, part.end + 1))).toBe(true)
  })

  it('is given out in memory that is used again or freed', async () => {
    await using stored = await openStored(given)
    expect(await memoryOf(stored.read())).toBeLessThan(FRAMES_HELD * FRAME_BYTES)
  })

  it('is stored through memory that is used again or freed', async () => {
    const key = blobKey('acme', sha256Of(content))
    const options = { key, bytes: content.length, master: keyring.current, salt: randomBytes(16) }
    const memory = await memoryOf(encodeBlob(sourceOf(content), options))
    expect(memory).toBeLessThan(FRAMES_HELD * FRAME_BYTES)
  })
})
