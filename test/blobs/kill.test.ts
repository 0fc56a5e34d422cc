/** Executors that are killed while they write to the spool and while they send, and a store that is away for a while. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { openBlobExecutor, print, spooledIn } from '../support/blob-executor.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { waitFor } from '../support/wait.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const CHILD = join(import.meta.dirname, 'spool-child.ts')

interface Recorded {
  executionId: string
  stdoutBlob: string
}

/** The child, killed when `ready` says so. @returns the records that it had by then */
async function killWhen(
  ready: (recorded: readonly Recorded[]) => Promise<boolean> | boolean,
  { home, url, what }: { home: string; url: string; what: string },
): Promise<Recorded[]> {
  const child = spawn(process.execPath, [CHILD, home, url, what], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => {
    child.once('exit', resolve)
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const recorded = (): Recorded[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Recorded)
  await waitFor(() => ready(recorded()), { what: 'the child' })
  child.kill('SIGKILL')
  await ended
  return recorded()
}

async function freshHome(): Promise<string> {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  return directory.path
}

const references = async (organizationId: string, ids: readonly string[]) =>
  metadata.database.queries
    .selectFrom('blob_references as reference')
    .innerJoin('blobs as blob', (joined) =>
      joined
        .onRef('blob.organization_id', '=', 'reference.organization_id')
        .onRef('blob.sha256', '=', 'reference.sha256'),
    )
    .select(['reference.execution_id', 'reference.sha256', 'blob.state', 'blob.reference_count'])
    .where('reference.organization_id', '=', organizationId)
    .where('reference.execution_id', 'in', ids)
    .execute()

/**
 * What another process sends of the spool. A directory that is renamed, as one is that is adopted, may be missing from a
 * list of its parent, so that an empty list alone says nothing.
 */
async function sentByAnother(home: string, recorded: readonly Recorded[]): ReturnType<typeof references> {
  await openBlobExecutor(metadata.database, { home })
  const ids = recorded.map(({ executionId }) => executionId)
  await waitFor(async () => (await references('killed', ids)).length >= ids.length, { what: 'every blob' })
  await waitFor(async () => (await spooledIn(home)).length === 0, { what: 'the spool to be sent' })
  return references('killed', ids)
}

it('sends what a process had put into the spool when it was killed', async () => {
  const home = await freshHome()
  const recorded = await killWhen((records) => records.length === 20, { home, url: 'none', what: '20' })
  expect(await spooledIn(home)).toHaveLength(40)
  const found = await sentByAnother(home, recorded)
  expect(found.map(({ sha256 }) => sha256).toSorted()).toEqual(
    recorded.map(({ stdoutBlob }) => stdoutBlob).toSorted(),
  )
  expect(found.every(({ state }) => state === 'stored')).toBe(true)
})

it('leaves nothing of output that was being written when its process was killed', async () => {
  const home = await freshHome()
  const isWriting = async (): Promise<boolean> =>
    (await spooledIn(home)).some((name) => name.endsWith('.draft'))
  await killWhen(isWriting, { home, url: 'none', what: 'flood' })
  expect(await spooledIn(home)).toHaveLength(1)
  await openBlobExecutor(metadata.database, { home })
  await waitFor(async () => (await spooledIn(home)).length === 0, { what: 'the draft to go' })
})

it('sends each blob once that a process was sending when it was killed', async () => {
  const home = await freshHome()
  const before = await references('killed', ['none'])
  expect(before).toEqual([])
  const recorded = await killWhen(
    async (records) => {
      const rows =
        records.length < 60
          ? []
          : await references(
              'killed',
              records.map(({ executionId }) => executionId),
            )
      return rows.length >= 10
    },
    { home, url: metadata.postgres.url, what: '400' },
  )
  const found = await sentByAnother(home, recorded)
  const pairs = (rows: readonly { id: string; sha256: string }[]) =>
    rows.map(({ id, sha256 }) => `${id} ${sha256}`).toSorted()
  expect(pairs(found.map((row) => ({ id: row.execution_id, sha256: row.sha256 })))).toEqual(
    pairs(recorded.map((row) => ({ id: row.executionId, sha256: row.stdoutBlob }))),
  )
  expect(found.every(({ state }) => state === 'stored')).toBe(true)
})

it('runs on while the store is away, and sends when it is there again', async () => {
  const home = await freshHome()
  await writeFile(join(home, 'blobs'), 'no directory')
  const { run, stored, executor, sent } = await openBlobExecutor(metadata.database, { home })
  const text = 'a line of output\n'.repeat(10_000)
  const results = []
  for (let index = 0; index < 5; index += 1) results.push(await run((io) => print(io, `${index} ${text}`)))
  expect(results.every(({ outcome, stdoutBlob }) => outcome === 'success' && stdoutBlob !== null)).toBe(true)
  await waitFor(() => (executor.status().blobs?.retried ?? 0) > 0, { what: 'an attempt' })
  expect(executor.status().blobs).toMatchObject({
    waiting: 5,
    sent: 0,
    lastError: expect.stringContaining('blobs'),
  })
  await rm(join(home, 'blobs'))
  await mkdir(join(home, 'blobs'))
  await sent()
  for (const [index, { stdoutBlob }] of results.entries()) {
    const content = await stored(stdoutBlob)
    expect(createHash('sha256').update(content).digest('hex')).toBe(stdoutBlob)
    expect(content.toString()).toBe(`${index} ${text}`)
  }
})
