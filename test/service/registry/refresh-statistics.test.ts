/** Figures of code agents from real rows of executions, counted by several services. */
import { hash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../../src/metadata/database.ts'
import { publish } from '../../../src/service/registry/publish.ts'
import { refreshStatistics } from '../../../src/service/registry/refresh-statistics.ts'
import { showAgent } from '../../../src/service/registry/show-agent.ts'
import { startClickHouse, type RunningClickHouse } from '../../support/clickhouse.ts'
import { startMetadata, type TestMetadata } from '../../support/metadata.ts'
import { insertRecords, makeRecord } from '../../support/records.ts'
import { ACME, makeDefinition, withoutChecks } from '../../support/registry.ts'

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

const NAMES = Array.from({ length: 120 }, (_, index) => `acme/counted-${index}`)
const definitionOf = (name: string) => makeDefinition({ name, code: `def main(input): return "${name}"` })

const ranBy = (codeAgentId: string) => ({
  codeAgentId,
  codeAgentVersion: '1.0.0',
  codeSha256: hash('sha256', definitionOf(codeAgentId).code),
})

/** As if each agent had run so many times, of which one failed. */
async function run(times: number): Promise<void> {
  const records = NAMES.flatMap((codeAgentId) =>
    Array.from({ length: times }, (_, at) =>
      makeRecord({
        ...ranBy(codeAgentId),
        success: at > 0,
        outcome: at > 0 ? 'success' : 'failure',
      }),
    ),
  )
  await insertRecords(clickhouse, records)
}

it('are right after replicas refreshed them at once, of which one at a time does the work', async () => {
  for (const name of NAMES)
    await publish(withoutChecks(metadata.database), ACME, { definition: definitionOf(name) })
  await run(3)
  await using replicas = new AsyncDisposableStack()
  const databases = Array.from({ length: 4 }, () => {
    const database = openDatabase(metadata.postgres.url)
    replicas.defer(() => database.close())
    return database
  })
  const round = () =>
    Promise.all(
      databases.map((database) =>
        refreshStatistics({ store: clickhouse.store, database }, { now: Date.now() }),
      ),
    )
  const first = await round()
  expect(first.filter((count) => count === NAMES.length)).not.toEqual([])
  await run(2)
  await round()
  for (const name of NAMES)
    expect(await showAgent(metadata.database, ACME.scope, name)).toMatchObject({
      statistics: { runs: 5, successRate: 0.6 },
      versions: [{ statistics: { runs: 5 } }],
    })
  const rows = await metadata.database.queries.selectFrom('registry_statistics').selectAll().execute()
  expect(rows).toHaveLength(2 * NAMES.length)
})

it('are left to others while one replica is at it, and taken over from one that has died', async () => {
  const { database } = metadata
  const parts = { store: clickhouse.store, database }
  const held = (ms: number) =>
    database.queries
      .updateTable('registry_refresh')
      .set({ held_until: new Date(Date.now() + ms) })
      .execute()
  await held(60_000)
  expect(await refreshStatistics(parts, { now: Date.now() })).toBeNull()
  await held(-1)
  expect(await refreshStatistics(parts, { now: Date.now() })).toBe(NAMES.length)
})

it('leave out what the agent never ran, such as input that its schema refuses', async () => {
  const [name = ''] = NAMES
  const { database } = metadata
  const before = await showAgent(database, ACME.scope, name)
  const failed = { ...ranBy(name), success: false, outcome: 'failure' } as const
  const refusals = ['validation_input', 'policy', 'runtime_unavailable'] as const
  await insertRecords(clickhouse, [
    ...refusals.map((errorType) => makeRecord({ ...failed, errorType })),
    makeRecord({ ...failed, errorType: 'validation_output' }),
  ])
  await refreshStatistics({ store: clickhouse.store, database }, { now: Date.now() })
  const runs = (before.statistics?.runs ?? 0) + 1
  expect(await showAgent(database, ACME.scope, name)).toMatchObject({
    statistics: { runs, successRate: 3 / runs },
    versions: [{ statistics: { runs } }],
  })
})
