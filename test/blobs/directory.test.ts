import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobKey } from '../../src/blobs/blob-key.ts'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { objectPath } from '../../src/blobs/object-files.ts'
import { mountSmallDisk } from '../chaos/small-disk.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { sha256Of } from './content.ts'
import { describeBlobStore } from './contract.ts'

describeBlobStore({
  name: 'directory',
  async open() {
    const directory = await temporaryDirectory()
    const store = new DirectoryBlobStore(join(directory.path, 'deep', 'blobs'))
    return { store, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
  },
})

describe('a directory of blobs', () => {
  it('keeps every key under itself, whatever the organization is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (organization) => {
        const path = objectPath('/blobs', blobKey(organization, sha256Of('x')))
        expect(path).toMatch(/^\/blobs\/[0-9a-f]{64}\/[0-9a-f]{2}\/[0-9a-f]{64}$/u)
      }),
    )
  })

  it('leaves no draft behind, and removes those of killed processes', async () => {
    await using directory = await temporaryDirectory()
    await mkdir(join(directory.path, 'drafts'))
    await writeFile(join(directory.path, 'drafts', 'old'), 'x')
    await writeFile(join(directory.path, 'drafts', 'new'), 'x')
    const yesterday = new Date(Date.now() - 90_000_000)
    await utimes(join(directory.path, 'drafts', 'old'), yesterday, yesterday)
    const store = new DirectoryBlobStore(directory.path)
    const key = blobKey('acme', sha256Of('x'))
    await expect(store.put(key, () => Readable.from([Buffer.from('x')]), { bytes: 2 })).rejects.toThrow(
      /1 of 2 bytes/u,
    )
    await store.put(key, () => Readable.from([Buffer.from('x')]), { bytes: 1 })
    expect(await readdir(join(directory.path, 'drafts'))).toEqual(['new'])
  })

  it('stores what goes to the disk in several turns, in pieces of any size', async () => {
    await using directory = await temporaryDirectory()
    const store = new DirectoryBlobStore(directory.path)
    const content = randomBytes(80_000_000)
    const key = blobKey('acme', sha256Of(content))
    const pieces = function* pieces() {
      for (let at = 0, size = 1; at < content.length; at += size, size = (size * 31) % 3_000_017)
        yield content.subarray(at, at + size)
    }
    await store.put(key, () => Readable.from(pieces()), { bytes: content.length })
    expect((await readFile(objectPath(directory.path, key))).equals(content)).toBe(true)
  })

  it('leaves no draft on a full disk, and stores once there is space', async ({ skip }) => {
    await using directory = await temporaryDirectory()
    const path = join(directory.path, 'small')
    const disk = mountSmallDisk(path, 16) ?? skip('a small disk needs the right to mount one')
    try {
      const store = new DirectoryBlobStore(path)
      const content = randomBytes(8_000_000)
      const key = blobKey('acme', sha256Of(content))
      const put = () => store.put(key, () => Readable.from([content]), { bytes: content.length })
      disk.fill(4)
      await expect(put()).rejects.toMatchObject({ code: 'blobs_unavailable' })
      expect(await readdir(join(path, 'drafts'))).toEqual([])
      disk.clear()
      expect(await put()).toBe('created')
    } finally {
      disk.unmount()
    }
  })

  it('follows no link and waits for no pipe in the place of an object', async () => {
    await using directory = await temporaryDirectory()
    const store = new DirectoryBlobStore(directory.path)
    const linked = blobKey('acme', sha256Of('linked'))
    const piped = blobKey('acme', sha256Of('piped'))
    for (const key of [linked, piped])
      await mkdir(dirname(objectPath(directory.path, key)), { recursive: true })
    await symlink('/etc/passwd', objectPath(directory.path, linked))
    execFileSync('mkfifo', [objectPath(directory.path, piped)])
    await expect(store.open(linked)).rejects.toMatchObject({ code: 'blob_refused' })
    await expect(store.open(piped)).rejects.toThrow(/is not a file/u)
  })

  it('says that it is unavailable where it cannot write, and works once it can', async () => {
    await using directory = await temporaryDirectory()
    await writeFile(join(directory.path, 'blobs'), 'a file in the way')
    const store = new DirectoryBlobStore(join(directory.path, 'blobs'))
    await expect(store.probe()).rejects.toMatchObject({ code: 'blobs_unavailable' })
    execFileSync('rm', [join(directory.path, 'blobs')])
    await store.probe()
    expect(await readdir(join(directory.path, 'blobs'))).toEqual(['drafts'])
  })
})
