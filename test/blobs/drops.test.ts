/** What Postgres notes of content that does not reach the store, and until when. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expireReferences } from '../../src/blobs/collect.ts'
import { deliver } from '../../src/blobs/send/deliver.ts'
import { contentName, metaName, newId } from '../../src/blobs/spool/entry.ts'
import { contentState } from '../../src/metadata/blobs.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { freshHome } from '../support/of-test.ts'
import { sha256Of } from './content.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

/** Delivers an entry of an execution of 1 January, of which the disk has `onDisk`, with a quota of 5 bytes. */
async function deliverEntry(content: string, onDisk = content) {
  const { database } = metadata
  const directory = await freshHome()
  const id = newId(content.length)
  const named = { organizationId: randomUUID(), executionId: randomUUID(), sha256: sha256Of(content) }
  const about = { ...named, kind: 'stdout', bytes: content.length, isCut: false }
  await writeFile(join(directory, contentName(id)), onDisk)
  await writeFile(
    join(directory, metaName(id)),
    JSON.stringify({ ...about, startedAt: '2026-01-01T00:00:00Z' }),
  )
  const put = () => Promise.resolve({ storedBytes: 1 })
  const { outcome } = await deliver(directory, id, { database, put, quotaBytes: 5 })
  return { outcome, state: () => contentState(database.queries, named) }
}

it('notes content over the quota, and ends the note with the age of the execution', async () => {
  const { outcome, state } = await deliverEntry('more than five bytes')
  expect([outcome, await state()]).toEqual(['dropped', 'quota'])
  await expireReferences(metadata.database, new Date('2026-01-01T00:00:00Z'))
  expect(await state()).toBe('quota')
  await expireReferences(metadata.database, new Date('2026-01-01T00:00:01Z'))
  expect(await state()).toBe('unknown')
})

it('notes content whose file was cut, and nothing of what is stored', async () => {
  const cut = await deliverEntry('five!', 'fi')
  expect([cut.outcome, await cut.state()]).toEqual(['dropped', 'damaged'])
  const whole = await deliverEntry('five!')
  expect([whole.outcome, await whole.state()]).toEqual(['stored', 'stored'])
})
