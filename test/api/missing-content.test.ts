/** What is said of content that a record names and the blob store does not have, by what Postgres knows of it. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { storeBlob } from '../../src/blobs/objects.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { addReference, markStored, noteDrop } from '../../src/metadata/blobs.ts'
import { contentOf, sha256Of } from '../blobs/content.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, readProblem, withKey } from '../support/service.ts'

const DAY_MS = 86_400_000
const CONTENT_DAYS = 100
const MAX_WAIT_MS = 10 * DAY_MS

let directory: TemporaryDirectory
let metadata: TestMetadata
let stack: ApiStack
let blobs: { store: DirectoryBlobStore; keyring: ReturnType<typeof keyringOf>; maxWaitMs: number }
beforeAll(async () => {
  directory = await temporaryDirectory()
  metadata = await startMetadata()
  const store = new DirectoryBlobStore(join(directory.path, 'blobs'))
  blobs = { store, keyring: keyringOf([]), maxWaitMs: MAX_WAIT_MS }
  stack = await startApiStack({
    blobs,
    contentDays: CONTENT_DAYS,
    metadata: { database: metadata.database, keys: metadata.keys },
  })
})
afterAll(async () => {
  await stack.stop()
  await metadata[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

/** An execution of so many days ago whose output is a blob. */
async function runOf(content: string, daysAgo = 0): Promise<ExecutionRecord> {
  const at = new Date(Date.now() - daysAgo * DAY_MS - 60_000).toISOString()
  const record = makeRecord({
    stdoutBlob: sha256Of(content),
    stdoutBytes: 1e6,
    startedAt: at,
    timestamp: at,
  })
  await insertRecords(stack.clickhouse, [record])
  return record
}

const named = ({ organizationId, executionId, startedAt, stdoutBlob }: ExecutionRecord) => ({
  organizationId,
  executionId,
  startedAt,
  sha256: stdoutBlob ?? '',
})

const refer = (record: ExecutionRecord) =>
  addReference(metadata.database.queries, { ...named(record), kind: 'stdout', bytes: 5, isCut: false }, null)

function ask({ executionId }: ExecutionRecord): Promise<Response> {
  return stack.service.ask(`/v1/executions/${executionId}/stdout`, withKey(ACME_KEY))
}

it('is pending while it waits in a spool, with its reference or without', async () => {
  const spooled = await runOf('in a spool')
  const referred = await runOf('referred to', 20)
  await refer(referred)
  for (const record of [spooled, referred]) {
    const answer = await ask(record)
    expect(answer.headers.get('Retry-After')).toBe('5')
    expect(await readProblem(answer)).toMatchObject({ status: 409, code: 'content_pending' })
  }
})

it.each([
  ['quota', 'quota'],
  ['damaged', 'not complete'],
  ['age', 'in time'],
] as const)('is not kept where it was dropped, with the reason: %s', async (why, said) => {
  const record = await runOf(`dropped: ${why}`)
  await noteDrop(metadata.database.queries, named(record), why)
  const problem = await readProblem(await ask(record))
  expect(problem).toMatchObject({ status: 404, code: 'content_not_kept' })
  expect(problem.detail).toContain(said)
})

it('is not kept where it never came in the time that a spool waits', async () => {
  const problem = await readProblem(await ask(await runOf('never came', 11)))
  expect(problem).toMatchObject({ status: 404, code: 'content_not_kept' })
})

it('is not kept where its object was removed from outside', async () => {
  const record = await runOf('removed')
  await refer(record)
  await markStored(metadata.database.queries, { ...named(record), kind: 'stdout' }, 5)
  const problem = await readProblem(await ask(record))
  expect(problem).toMatchObject({ status: 404, code: 'content_not_kept' })
  expect(problem.detail).toContain('no longer')
})

it('has expired where its execution is older than content is kept, whatever else is known', async () => {
  const gone = await runOf('gone by its age', CONTENT_DAYS + 40)
  expect(await readProblem(await ask(gone))).toMatchObject({ status: 410, code: 'content_expired' })
  await noteDrop(metadata.database.queries, named(gone), 'quota')
  expect(await readProblem(await ask(gone))).toMatchObject({ status: 410, code: 'content_expired' })
})

it('says nothing of the content of another organization with the same hash', async () => {
  const record = await runOf('shared')
  await noteDrop(metadata.database.queries, { ...named(record), organizationId: 'globex' }, 'quota')
  expect(await readProblem(await ask(record))).toMatchObject({ code: 'content_pending' })
})

it('is read where it came after it was dropped once', async () => {
  const record = await runOf('late')
  await noteDrop(metadata.database.queries, named(record), 'quota')
  const name = { organizationId: 'acme', sha256: sha256Of('late') }
  await storeBlob(blobs, name, contentOf('late'))
  expect(await (await ask(record)).text()).toBe('late')
})
