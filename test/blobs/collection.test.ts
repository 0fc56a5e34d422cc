/** References, collection and quota over a real Postgres and a directory, with several writers and collectors at once. */
import { createHash, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { collectBlobs, expireReferences } from '../../src/blobs/collect.ts'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { openBlob, storeBlob } from '../../src/blobs/objects.ts'
import { deliver, type Delivery } from '../../src/blobs/send/deliver.ts'
import { contentName, metaName, newId } from '../../src/blobs/spool/entry.ts'
import { blobUse } from '../../src/metadata/blobs.ts'
import { openDatabase, type Database } from '../../src/metadata/database.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { copyOf } from './content.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const START = Date.parse('2026-01-01T00:00:00Z')
const DAY = 86_400_000
/** Longer than a collector needs, on a slow machine too. */
const LEASE_MS = 1_000
const keyring = keyringOf([])

/** One installation: a directory of objects, and writers that put entries into a spool of theirs. */
async function openInstallation(quotaBytes: number | null = null) {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const store = new DirectoryBlobStore(join(directory.path, 'blobs'))
  return {
    store,
    path: directory.path,
    write: async (
      database: Database,
      entry: { organizationId: string; content: string; day?: number },
      before: () => Promise<void> = () => Promise.resolve(),
    ): Promise<Delivery> => {
      const content = Buffer.from(entry.content)
      const id = newId(content.length)
      const about = {
        organizationId: entry.organizationId,
        executionId: randomUUID(),
        kind: 'stdout',
        sha256: createHash('sha256').update(content).digest('hex'),
        bytes: content.length,
        startedAt: new Date(START + (entry.day ?? 0) * DAY).toISOString(),
        isCut: false,
      }
      await writeFile(join(directory.path, contentName(id)), content)
      await writeFile(join(directory.path, metaName(id)), JSON.stringify(about))
      const put: Parameters<typeof deliver>[2]['put'] = async (named, source) => {
        await before()
        return storeBlob({ store, keyring }, named, { bytes: named.bytes, content: source })
      }
      for (;;) {
        const delivery = await deliver(directory.path, id, { database, put, quotaBytes })
        if (delivery.outcome !== 'later') return delivery
        await pause(2)
      }
    },
    /** Whether each reference of an organization has its content. */
    check: (database: Database, organizationId: string): Promise<number> =>
      database.queries.transaction().execute(async (transaction) => {
        const rows = await transaction
          .selectFrom('blob_references as reference')
          .innerJoin('blobs as blob', (join_) =>
            join_
              .onRef('blob.organization_id', '=', 'reference.organization_id')
              .onRef('blob.sha256', '=', 'reference.sha256'),
          )
          .select(['reference.sha256', 'blob.state'])
          .where('reference.organization_id', '=', organizationId)
          .forKeyShare('reference')
          .execute()
        for (const { sha256, state } of rows) {
          expect(state).not.toBe('deleting')
          if (state !== 'stored') continue
          const found = await openBlob({ store, keyring }, { organizationId, sha256 })
          if (found === null) expect.fail(`the object of ${sha256} is gone`)
          const content = await copyOf(found.read())
          expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
        }
        return rows.length
      }),
  }
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      organization: fc.nat(1),
      content: fc.nat(3),
      day: fc.nat(9),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), day: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('collect' as const),
      killed: fc.constantFrom('never' as const, 'before' as const, 'after' as const),
    }),
  },
)

it('deletes nothing that is referred to, whatever writers and collectors do at once', async () => {
  const databases = [
    metadata.database,
    openDatabase(metadata.postgres.url),
    openDatabase(metadata.postgres.url),
  ]
  onTestFinished(async () => {
    for (const database of databases.slice(1)) await database.close()
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { maxLength: 14 }), { minLength: 3, maxLength: 3 }),
      async (lanes) => {
        const { store, write, check } = await openInstallation()
        const run = randomUUID()
        const organizations = [`${run} one`, `${run} two`]
        const follow = async (lane: (typeof lanes)[number], database: Database): Promise<void> => {
          for (const one of lane) {
            if (one.do === 'write') {
              const organizationId = organizations[one.organization] ?? ''
              expect(
                await write(database, { organizationId, content: `content ${one.content}`, day: one.day }),
              ).toEqual({
                outcome: 'stored',
              })
              await check(database, organizationId)
            } else if (one.do === 'expire') await expireReferences(database, new Date(START + one.day * DAY))
            else
              await collectBlobs({
                database,
                store: killedAt(one.killed, store),
                graceMs: 0,
                leaseMs: LEASE_MS,
              }).catch((error: Error) => expect(error.message).toBe('killed'))
          }
        }
        let isOver = false
        // Another takes over what a killed collector has begun.
        const keep = async (): Promise<void> => {
          if (isOver) return
          await collectBlobs({ database: metadata.database, store, graceMs: 0, leaseMs: LEASE_MS })
          await pause(50)
          return keep()
        }
        const keeping = keep()
        const work = lanes.map((lane, index) => follow(lane, databases[index] ?? metadata.database))
        await Promise.all(work).finally(() => (isOver = true))
        await keeping
        for (const organizationId of organizations) await check(metadata.database, organizationId)
        await expireReferences(metadata.database, new Date(START + 20 * DAY))
        await collectBlobs({ database: metadata.database, store, graceMs: 0, leaseMs: 0 })
        expect((await store.list({ limit: 10 })).objects).toEqual([])
        for (const organizationId of organizations)
          expect(await blobUse(metadata.database.queries, organizationId)).toEqual({ bytes: 0, blobs: 0 })
      },
    ),
    { numRuns: 25, endOnFailure: true },
  )
})

/** A store whose collector is killed before or after the object is deleted. */
function killedAt(
  when: 'never' | 'before' | 'after',
  store: DirectoryBlobStore,
): Pick<DirectoryBlobStore, 'delete'> {
  return {
    async delete(keys) {
      if (when === 'before') throw new Error('killed')
      await store.delete(keys)
      if (when === 'after') throw new Error('killed')
    },
  }
}

it('keeps a blob for the grace period after its last reference, and stores one again that was deleted', async () => {
  const { store, write, check } = await openInstallation()
  const { database } = metadata
  const organizationId = randomUUID()
  const entry = { organizationId, content: 'the same', day: 1 }
  await write(database, entry)
  await write(database, { ...entry, day: 5 })
  expect(await blobUse(database.queries, organizationId)).toEqual({ bytes: 8, blobs: 1 })
  await expireReferences(database, new Date(START + 2 * DAY))
  expect(await collectBlobs({ database, store, graceMs: 0 })).toEqual({ blobs: 0, bytes: 0 })
  expect(await check(database, organizationId)).toBe(1)
  await expireReferences(database, new Date(START + 6 * DAY))
  expect(await collectBlobs({ database, store, graceMs: 60_000 })).toEqual({ blobs: 0, bytes: 0 })
  expect(await collectBlobs({ database, store, graceMs: 0 })).toEqual({ blobs: 1, bytes: 8 })
  expect((await store.list({ limit: 10 })).objects).toEqual([])
  await write(database, entry)
  expect(await check(database, organizationId)).toBe(1)
})

it('leaves no object behind whose reference ended while it was stored', async () => {
  const { store, write } = await openInstallation()
  const { database } = metadata
  let begun = 0
  const expire = async (): Promise<void> => {
    await expireReferences(database, new Date(START + DAY))
    await collectBlobs({ database, store, graceMs: 0 })
  }
  const entry = { organizationId: randomUUID(), content: 'of an old execution' }
  const delivery = await write(database, entry, () => (++begun === 1 ? expire() : Promise.resolve()))
  expect(delivery).toEqual({ outcome: 'stored' })
  await expire()
  expect((await store.list({ limit: 10 })).objects).toEqual([])
})

it('takes no more of an organization than its quota, whatever many write at once, and counts content once', async () => {
  const { write } = await openInstallation(100)
  const { database } = metadata
  const organizationId = randomUUID()
  const contents = Array.from({ length: 40 }, (_, index) => String(index % 20).padEnd(10, 'x'))
  const outcomes = await Promise.all(contents.map((content) => write(database, { organizationId, content })))
  expect(outcomes.filter(({ outcome }) => outcome === 'dropped')).toHaveLength(20)
  expect(await blobUse(database.queries, organizationId)).toEqual({ bytes: 100, blobs: 10 })
  expect(outcomes.find(({ outcome }) => outcome === 'dropped')).toMatchObject({
    why: expect.stringContaining('quota'),
  })
  expect(await write(database, { organizationId: randomUUID(), content: contents[15] ?? '' })).toEqual({
    outcome: 'stored',
  })
})

it('drops an entry whose content was cut by the end of the machine', async () => {
  const { path } = await openInstallation()
  const id = newId(10)
  await writeFile(join(path, contentName(id)), 'half')
  const about = { organizationId: 'o', executionId: 'e', kind: 'code', sha256: 'a'.repeat(64), bytes: 10 }
  const startedAt = '2026-01-01T00:00:00Z'
  await writeFile(join(path, metaName(id)), JSON.stringify({ ...about, isCut: false, startedAt }))
  const put = (): never => expect.fail('it is put')
  const delivery = await deliver(path, id, { database: metadata.database, put, quotaBytes: null })
  expect(delivery).toEqual({ outcome: 'dropped', why: '4 of 10 bytes are on the disk' })
})
