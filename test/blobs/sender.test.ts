/** What the sender does while the store is away, and with what it cannot send, over a real Postgres. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { BlobSender, type SenderParts } from '../../src/blobs/send/sender.ts'
import { contentName, metaName, newId } from '../../src/blobs/spool/entry.ts'
import { Spool } from '../../src/blobs/spool/spool.ts'
import { BlobRefusedError, BlobsUnavailableError } from '../../src/errors.ts'
import { readLosses } from '../../src/telemetry/outbox/losses.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { freshHome } from '../support/of-test.ts'
import { startProcessorTime } from '../support/processor-time.ts'
import { waitFor } from '../support/wait.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const away = (): Promise<never> => Promise.reject(new BlobsUnavailableError('the store is away'))

/** A sender, and the spool of a process that is gone with so many entries. */
async function openBacklog(entries: number, put: SenderParts['put'], parts: Partial<SenderParts> = {}) {
  const root = join(await freshHome(), 'blobs-spool')
  const directory = join(root, 'gone@none')
  await mkdir(directory, { recursive: true })
  const identity = { bootId: 'another', pidNamespace: '', pid: 1, startTime: '' }
  await writeFile(join(directory, 'owner.json'), JSON.stringify({ identity, resource: '' }))
  const organizationId = randomUUID()
  for (let index = 0; index < entries; index += 1) {
    const id = newId(5)
    const content = String(index % 7).padEnd(5)
    const about = {
      organizationId,
      executionId: randomUUID(),
      kind: 'stdout',
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: 5,
      startedAt: '2026-11-01T00:00:00Z',
      isCut: false,
    }
    await writeFile(join(directory, contentName(id)), content)
    await writeFile(join(directory, metaName(id)), JSON.stringify(about))
  }
  const spool = new Spool({ root, ownerId: randomUUID(), maxBytes: 1e9 })
  let attempts = 0
  const sender = new BlobSender({
    spool,
    database: () => Promise.resolve(metadata.database),
    put: (...given) => {
      attempts += 1
      return put(...given)
    },
    quotaBytes: null,
    maxAgeMs: 86_400_000,
    ...parts,
  })
  onTestFinished(() => {
    sender.stop()
    spool.close()
  })
  const left = async (): Promise<number> => {
    // A directory that is removed meanwhile may fail it; then something was there.
    const names = await readdir(root, { recursive: true }).catch(() => ['a.1.json'])
    return names.filter((name) => /\.\d+\.json$/u.test(name)).length
  }
  return { root, organizationId, sender, spool, left, attempts: () => attempts }
}

it('costs the same while the store is away, however much waits', async () => {
  const cost = async (entries: number): Promise<{ ms: number; perPass: number }> => {
    const { sender, attempts } = await openBacklog(entries, away)
    const processorMs = startProcessorTime()
    await waitFor(() => sender.counters.retried >= 2, { what: 'two passes' })
    return { ms: processorMs(), perPass: attempts() / sender.counters.retried }
  }
  const few = await cost(10)
  const many = await cost(2_000)
  expect(many.perPass).toBeLessThanOrEqual(4)
  expect(many.ms).toBeLessThan(5 * few.ms + 200)
})

it('sends a backlog whole when the store is there again', async () => {
  let isAway = true
  const put: SenderParts['put'] = () => (isAway ? away() : Promise.resolve({ storedBytes: 1 }))
  const { sender, left, organizationId, root } = await openBacklog(100, put)
  await waitFor(() => sender.counters.retried >= 1, { what: 'attempts' })
  expect(sender.counters.lastError).toBe('the store is away')
  isAway = false
  // What is sent is counted once its entry has gone.
  await waitFor(() => sender.counters.sent === 100, { what: 'the backlog to be sent' })
  expect(await left()).toBe(0)
  await waitFor(async () => !(await readdir(root)).some((name) => name.startsWith('gone')), {
    what: 'the directory to go',
  })
  const rows = await metadata.database.queries
    .selectFrom('blobs')
    .select(['reference_count', 'state'])
    .where('organization_id', '=', organizationId)
    .execute()
  expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => 'stored'))
  expect(rows.reduce((sum, row) => sum + Number(row.reference_count), 0)).toBe(100)
})

it('sends the others first where the store refuses one', async () => {
  const refused = createHash('sha256').update('3    ').digest('hex')
  const put: SenderParts['put'] = ({ sha256 }) =>
    sha256 === refused
      ? Promise.reject(new BlobRefusedError('too large'))
      : Promise.resolve({ storedBytes: 1 })
  const { sender, left } = await openBacklog(21, put)
  await waitFor(() => sender.counters.sent === 18 && sender.counters.lastError !== null, {
    what: 'all others to be sent',
  })
  expect(await left()).toBe(3)
  expect(sender.counters).toMatchObject({ sent: 18, retried: 0, lastError: 'too large' })
})

it('drops what could not be sent for too long, counts it and notes why', async () => {
  const { spool, left, root, organizationId } = await openBacklog(5, away, { maxAgeMs: -1 })
  await waitFor(() => spool.counters.dropped === 5, { what: 'the entries to go' })
  expect(await left()).toBe(0)
  spool.noteLosses()
  const losses = await readLosses(root, Date.now() - 60_000)
  expect(losses.reduce((sum, { records }) => sum + records, 0)).toBe(5)
  expect(losses[0]?.why).toBe('it could not be sent for too long')
  const drops = await metadata.database.queries
    .selectFrom('blob_drops')
    .select('why')
    .where('organization_id', '=', organizationId)
    .execute()
  expect(drops).toEqual(Array.from({ length: 5 }, () => ({ why: 'age' })))
})

it('leaves what waits to the next process when it stops', async () => {
  const { sender, spool, left, root } = await openBacklog(4, away)
  await waitFor(() => sender.counters.retried > 0, { what: 'an attempt' })
  sender.stop()
  spool.close()
  expect(await left()).toBe(4)
  expect((await readdir(root)).filter((name) => name.endsWith('@none'))).toHaveLength(1)
})
