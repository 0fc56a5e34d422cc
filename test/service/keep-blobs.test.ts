/** Blobs go with the content of their executions, by the settings of retention. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { addReference } from '../../src/metadata/blobs.ts'
import { clearBlobs } from '../../src/service/keep-blobs.ts'
import { setExpiry } from '../../src/store/retention/expiry.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { freshHome } from '../support/of-test.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

let metadata: TestMetadata
let clickhouse: RunningClickHouse
beforeAll(async () => {
  metadata = await startMetadata()
  clickhouse = await startClickHouse()
})
afterAll(async () => {
  await clickhouse.stop()
  await metadata[Symbol.asyncDispose]()
})

const NOW = Date.parse('2026-11-20T12:00:00Z')

/** References of executions that started at these times, by a fresh organization. */
async function referTo(...starts: readonly string[]): Promise<string> {
  const organizationId = randomUUID()
  for (const startedAt of starts)
    await addReference(
      metadata.database.queries,
      {
        organizationId,
        executionId: randomUUID(),
        kind: 'stdout',
        sha256: 'a'.repeat(64),
        bytes: 1,
        startedAt,
        isCut: false,
      },
      null,
    )
  return organizationId
}

async function startsOf(organizationId: string): Promise<string[]> {
  const rows = await metadata.database.queries
    .selectFrom('blob_references')
    .select('started_at')
    .where('organization_id', '=', organizationId)
    .orderBy('started_at')
    .execute()
  return rows.map((row) => new Date(row.started_at).toISOString().slice(0, 10))
}

async function clear(contentDays: number | null): Promise<void> {
  const blobs = new DirectoryBlobStore(join(await freshHome(), 'blobs'))
  onTestFinished(() => blobs.close())
  const { database } = metadata
  await clearBlobs({ store: clickhouse.store, database, blobs, contentDays, log: () => undefined }, NOW)
}

it('ends no reference where nothing expires', async () => {
  const organizationId = await referTo('2020-01-01T00:00:00Z')
  await clear(null)
  expect(await startsOf(organizationId)).toEqual(['2020-01-01'])
})

it('ends references of the months whose content has gone', async () => {
  const organizationId = await referTo('2026-09-30T23:59:59Z', '2026-10-01T00:00:00Z', '2026-11-19T00:00:00Z')
  // Thirty days ago it was October: September has gone.
  await clear(30)
  expect(await startsOf(organizationId)).toEqual(['2026-10-01', '2026-11-19'])
})

it('ends references of executions that expire, and keeps a blob for its grace period', async () => {
  const organizationId = await referTo('2026-11-09T00:00:00Z', '2026-11-11T00:00:00Z')
  await setExpiry(clickhouse.store, 10)
  await clear(null)
  expect(await startsOf(organizationId)).toEqual(['2026-11-11'])
  await setExpiry(clickhouse.store, 1)
  await clear(null)
  expect(await startsOf(organizationId)).toEqual([])
  const rows = await metadata.database.queries
    .selectFrom('blobs')
    .select('reference_count')
    .where('organization_id', '=', organizationId)
    .execute()
  expect(rows).toEqual([{ reference_count: '0' }])
})
