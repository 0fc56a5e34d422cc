/** Versions and figures of `acme/summer` for the page that shows them. */
import { expect } from 'vitest'
import type { Database } from '../../src/metadata/database.ts'
import { putFigures } from '../../src/metadata/registry-statistics.ts'
import { ACME_KEY, type TestService } from './service.ts'

/** As if so many executions had run the version. */
export async function countRuns({ queries }: Database): Promise<void> {
  const { id: agentId } = await queries
    .selectFrom('registry_agents')
    .select('id')
    .where('namespace', '=', 'acme')
    .where('name', '=', 'summer')
    .executeTakeFirstOrThrow()
  const figures = {
    agentId,
    runs: 1200,
    successes: 1140,
    p50Ms: 12,
    p95Ms: 48,
    costNanoUsd: 2_000_000,
    priced: 1000,
    recentRuns: 300,
    earlierRuns: 200,
    lastRunAt: new Date().toISOString(),
  }
  await putFigures(queries, [
    { ...figures, version: null },
    { ...figures, version: '1.0.0' },
    { ...figures, version: '2.0.0', runs: 5, successes: 4, priced: 0 },
  ])
}

/** As acme publishes it, and the administrator approves it. */
export async function publishVersion(service: TestService, version: string, code: string): Promise<void> {
  const { definition } = await service.json<{ definition: object }>(
    '/v1/registry/agents/acme/summer/versions/1.0.0',
  )
  const acme = { Authorization: `Bearer ${ACME_KEY}` }
  const made = await service.post(
    '/v1/registry/agents',
    { definition: { ...definition, version, code, examples: [] } },
    acme,
  )
  expect(made.status, await made.text()).toBe(200)
  const path = '/v1/registry/agents/acme/summer/review'
  const approved = await service.post(path, { version, decision: 'approved' })
  expect(approved.status, await approved.text()).toBe(200)
}
