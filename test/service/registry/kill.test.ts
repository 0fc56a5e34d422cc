import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../../src/metadata/database.ts'
import { sha256Of } from '../../../src/registry/canonical-hash.ts'
import { resolve } from '../../../src/agents/resolve.ts'
import { startMetadata, type TestMetadata } from '../../support/metadata.ts'
import { waitFor } from '../../support/wait.ts'

const KILLS = 5
const CHILD = join(import.meta.dirname, '../../chaos/publisher-child.ts')

/** What would be half a publication; each must be empty. */
const HALVES = {
  'agents without a version': `select 1 from exectrail.registry_agents a
    where not exists (select 1 from exectrail.registry_versions v where v.agent_id = a.id)`,
  'agents whose card is of no version': `select 1 from exectrail.registry_agents a where not exists
    (select 1 from exectrail.registry_versions v where v.agent_id = a.id and v.version = a.card_version)`,
  'namespaces without an agent': `select 1 from exectrail.registry_namespaces n
    where not exists (select 1 from exectrail.registry_agents a where a.namespace = n.name)`,
  'versions without an entry in the log of changes, or with several': `select 1 from exectrail.registry_versions v
    join exectrail.registry_agents a on a.id = v.agent_id where 1 <> (select count(*) from exectrail.audit_log l
      where l.action = 'registry.publish' and l.subject = a.namespace || '/' || a.name and l.detail->>'version' = v.version)`,
  'entries without a version': `select 1 from exectrail.audit_log l where l.action = 'registry.publish' and not exists
    (select 1 from exectrail.registry_versions v join exectrail.registry_agents a on a.id = v.agent_id
      where l.subject = a.namespace || '/' || a.name and l.detail->>'version' = v.version)`,
}

async function halvesOf({ queries }: Database): Promise<string[]> {
  const found: string[] = []
  for (const [name, query] of Object.entries(HALVES))
    if ((await sql.raw(query).execute(queries)).rows.length > 0) found.push(name)
  return found
}

/** Publishes until something is killed by `kill`. @returns what was acknowledged */
async function publishUntil(
  metadata: TestMetadata,
  number: number,
  kill: (pid: number) => Promise<void>,
): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, metadata.postgres.url, String(number)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const ended = once(child, 'close')
  await waitFor(() => said.split('\n').length > 20, { what: 'published versions' })
  await pause(Math.random() * 40)
  await kill(child.pid ?? 0)
  await ended
  return said.split('\n').slice(0, -1)
}

it('leaves nothing half-done when the publisher or Postgres is killed, and keeps what was acknowledged', async () => {
  await using metadata = await startMetadata()
  const { process: postgres } = metadata.postgres
  const acknowledged: string[] = []
  for (let number = 1; number <= KILLS; number += 1) {
    const restarts = postgres.restarts
    const isOfPublisher = number % 2 === 1
    const said = await publishUntil(metadata, number, async (pid) => {
      process.kill(isOfPublisher ? pid : (postgres.pid ?? 0), 'SIGKILL')
      if (isOfPublisher) return
      await waitFor(() => postgres.restarts > restarts && postgres.state === 'ready', {
        what: 'Postgres to be back',
      })
    })
    acknowledged.push(...said)
    expect(await halvesOf(metadata.database)).toEqual([])
  }
  for (const line of acknowledged) {
    const [reference = '', sha256] = line.split(' ')
    const { definition, version } = await resolve(metadata.database, reference, 'all')
    expect(version.sha256).toBe(sha256)
    expect(sha256Of(definition)).toBe(sha256)
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS * 15)
})
