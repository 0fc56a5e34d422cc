/** Content that is hashed in a thread. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { HashThread } from '../../src/blobs/format/hash-thread.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { openBlob, storeBlob } from '../../src/blobs/objects.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { contentOf, copyOf, readOf, sha256Of } from './content.ts'

const LONG_BYTES = 40_000_000
const of = (content: Buffer) => ({ organizationId: 'acme', sha256: sha256Of(content) })

async function openPlace(keys: readonly Buffer[] = []) {
  const directory = await temporaryDirectory()
  const place = { store: new DirectoryBlobStore(directory.path), keyring: keyringOf(keys) }
  return { ...place, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

it('comes back as it was, several at once, plain and encrypted', async () => {
  for (const keys of [[], [randomBytes(32)]]) {
    await using place = await openPlace(keys)
    const contents = [randomBytes(LONG_BYTES), Buffer.alloc(LONG_BYTES, 'a line that repeats itself\n')]
    await Promise.all(contents.map((content) => storeBlob(place, of(content), contentOf(content))))
    const back = await Promise.all(
      contents.map(async (content) => copyOf(readOf(await openBlob(place, of(content))))),
    )
    expect(back.map((content, index) => content.equals(contents[index] ?? Buffer.of()))).toEqual([true, true])
  }
})

it('is refused under the name of other content, and fails as its source fails', async () => {
  await using place = await openPlace()
  const content = randomBytes(LONG_BYTES)
  const name = of(Buffer.from('other'))
  await expect(storeBlob(place, name, contentOf(content))).rejects.toMatchObject({ code: 'blob_refused' })
  const cut = { ...contentOf(content), bytes: LONG_BYTES + 1 }
  await expect(storeBlob(place, of(content), cut)).rejects.toThrow(/shorter/u)
  expect(await openBlob(place, of(content))).toBeNull()
})

it('can be left in the middle, and read again', async () => {
  await using place = await openPlace()
  const content = randomBytes(LONG_BYTES)
  await storeBlob(place, of(content), contentOf(content))
  const opened = await openBlob(place, of(content))
  for await (const _ of readOf(opened)) break
  expect(opened && (await copyOf(opened.read())).equals(content)).toBe(true)
})

it('leaves the memory of the thread to others where it is dropped while it waits', async () => {
  const thread = new HashThread(() => undefined)
  const [dropped, other] = [thread.begin(), thread.begin()]
  const updating = thread.update(dropped, Buffer.alloc(LONG_BYTES))
  thread.drop(dropped)
  await updating
  const content = randomBytes(LONG_BYTES)
  await thread.update(other, content)
  expect(await thread.digest(other)).toBe(sha256Of(content))
})

it('keeps no process alive', async () => {
  await using directory = await temporaryDirectory()
  const child = join(import.meta.dirname, 'long-child.ts')
  expect((await promisify(execFile)(process.execPath, [child, directory.path])).stdout).toBe('0\n')
})

it('fails where its thread does not run, instead of waiting for it', async () => {
  const ended = Promise.withResolvers<Error | null>()
  const thread = new HashThread(ended.resolve, 'throw new Error("no memory for a thread")')
  const id = thread.begin()
  await expect(thread.update(id, Buffer.alloc(LONG_BYTES))).rejects.toThrow('no memory for a thread')
  await expect(thread.digest(id)).rejects.toThrow('no memory for a thread')
  expect((await ended.promise)?.message).toBe('no memory for a thread')
})
