import { randomBytes } from 'node:crypto'
import { rm, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { objectPath } from '../../src/blobs/object-files.ts'
import { openBlob, storeBlob } from '../../src/blobs/objects.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { contentOf, copyOf, readOf, sha256Of } from './content.ts'

async function openPlace() {
  const directory = await temporaryDirectory()
  const place = { store: new DirectoryBlobStore(directory.path), keyring: keyringOf([randomBytes(32)]) }
  return { ...place, directory, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

const of = (content: Buffer, organizationId = 'acme') => ({ organizationId, sha256: sha256Of(content) })

describe('content in a store', () => {
  it('is stored once for an organization, and apart for another', async () => {
    await using place = await openPlace()
    const content = randomBytes(2_500_000)
    const stored = await storeBlob(place, of(content), contentOf(content))
    expect(stored.outcome).toBe('created')
    expect(await storeBlob(place, of(content), contentOf(content))).toEqual({ ...stored, outcome: 'present' })
    expect((await storeBlob(place, of(content, 'umbra'), contentOf(content))).outcome).toBe('created')
    expect((await place.store.list({ limit: 10 })).objects).toHaveLength(2)
  })

  it('comes back whole and in part, whether it is nothing, small or many frames', async () => {
    await using place = await openPlace()
    for (const size of [0, 1, 40_000, 3_000_001]) {
      const content = randomBytes(size)
      await storeBlob(place, of(content), contentOf(content))
      const opened = await openBlob(place, of(content))
      expect(opened?.bytes).toBe(size)
      expect(opened && (await copyOf(opened.read())).equals(content)).toBe(true)
      if (size < 2 || opened === null) continue
      const part = await copyOf(opened.read({ start: size - 2, end: size - 1 }))
      expect(part.equals(content.subarray(-2))).toBe(true)
    }
  })

  it('is not there where nothing was stored, and says so while it is read where it is deleted', async () => {
    await using place = await openPlace()
    const content = randomBytes(3_000_000)
    expect(await openBlob(place, of(content))).toBeNull()
    await storeBlob(place, of(content), contentOf(content))
    const opened = await openBlob(place, of(content))
    await rm(objectPath(place.directory.path, blobKey('acme', sha256Of(content))))
    await expect(copyOf(readOf(opened))).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is not stored under a sha256 that is not its own', async () => {
    await using place = await openPlace()
    const name = of(Buffer.from('announced'))
    await expect(storeBlob(place, name, contentOf(Buffer.from('given')))).rejects.toMatchObject({
      code: 'blob_refused',
    })
    expect(await openBlob(place, name)).toBeNull()
  })

  it('fails the reader where the object was changed on disk', async () => {
    await using place = await openPlace()
    const content = randomBytes(3_000_000)
    await storeBlob(place, of(content), contentOf(content))
    const path = objectPath(place.directory.path, blobKey('acme', sha256Of(content)))
    const stored = await readFile(path)
    stored[1_500_000] = (stored[1_500_000] ?? 0) ^ 1
    await rm(path)
    await writeFile(path, stored)
    const opened = await openBlob(place, of(content))
    await expect(copyOf(readOf(opened))).rejects.toThrow(/Frame 2 of the object is not what/u)
  })
})
