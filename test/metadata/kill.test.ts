import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { listAudit } from '../../src/metadata/audit-log.ts'
import { listKeys } from '../../src/metadata/api-keys.ts'
import { isExectrailError } from '../../src/errors.ts'
import { createKey } from '../../src/service/manage-keys.ts'
import { startMetadata } from '../support/metadata.ts'
import { waitFor } from '../support/wait.ts'

const KILLS = 6
const WRITERS = 4

it('loses no acknowledged key when Postgres is killed while keys are made, and starts again each time', async () => {
  await using metadata = await startMetadata()
  const { process: postgres } = metadata.postgres
  const acknowledged: string[] = []
  const failures: unknown[] = []
  const over = new AbortController()
  const caller = { scope: 'all', actor: { keyId: null, name: 'test', address: null } } as const
  const writers = Array.from({ length: WRITERS }, async () => {
    while (!over.signal.aborted) {
      try {
        const { id } = await createKey(metadata, caller, { name: 'x', organizationId: 'acme' })
        acknowledged.push(id)
      } catch (error) {
        failures.push(error)
        await pause(5)
      }
    }
  })
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const before = acknowledged.length
    await waitFor(() => acknowledged.length > before + 10, { what: 'new keys' })
    await pause(Math.random() * 30)
    process.kill(postgres.pid ?? 0, 'SIGKILL')
    await waitFor(() => postgres.restarts === kill && postgres.state === 'ready', {
      what: `restart ${kill}`,
    })
  }
  over.abort()
  await Promise.all(writers)
  const { queries } = metadata.database
  const stored = new Set<string>()
  for (let after: string | null = null; ;) {
    const page = await listAudit(queries, 'all', { action: 'key.create', before: after, limit: 1_000 })
    for (const { subject } of page) stored.add(subject)
    after = page.at(-1)?.id ?? null
    if (after === null) break
  }
  const keys = await queries.withSchema('exectrail').selectFrom('api_keys').select('id').execute()
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
  expect(new Set(keys.map(({ id }) => id))).toEqual(stored)
  expect(acknowledged.length).toBeGreaterThan(KILLS * 10)
  expect(failures.length).toBeGreaterThan(0)
  expect(
    failures.filter((error) => !isExectrailError(error) || error.code !== 'metadata_unavailable'),
  ).toEqual([])
  expect((await listKeys(queries, 'all', { revoked: 'with' })).length).toBeGreaterThan(0)
})
