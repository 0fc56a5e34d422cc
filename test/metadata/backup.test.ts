import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKED_UP, backUp } from '../../src/metadata/backup.ts'
import { listKeys } from '../../src/metadata/api-keys.ts'
import { listAudit } from '../../src/metadata/audit-log.ts'
import { openDatabase, type Database } from '../../src/metadata/database.ts'
import { decide, listDecisions } from '../../src/metadata/error-states.ts'
import { migrateMetadata } from '../../src/metadata/migrate.ts'
import { restore } from '../../src/metadata/restore.ts'
import { cachedKeys } from '../../src/service/keys.ts'
import { createKey, revokeKey } from '../../src/service/manage-keys.ts'
import { fork } from '../../src/service/registry/fork.ts'
import { install } from '../../src/service/registry/install.ts'
import { publish } from '../../src/service/registry/publish.ts'
import { showAgent } from '../../src/service/registry/show-agent.ts'
import { environmentFor, exectrail } from '../support/command-line.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { ACME, makeDefinition, withoutChecks } from '../support/registry.ts'

const caller = { scope: 'all', actor: { keyId: null, name: 'test', address: '::1' } } as const

let metadata: TestMetadata
let secret: string
beforeAll(async () => {
  metadata = await startMetadata()
  const keys = Array.from({ length: 520 }, (_, n) => ({ name: `key ${n} 🔑 "'\\`, organizationId: 'acme' }))
  await Promise.all(keys.map((key) => createKey(metadata, caller, key)))
  const made = await createKey(metadata, caller, {
    name: 'kept',
    organizationId: 'acme',
    workspaceId: 'w1',
    scopes: ['read'],
    expiresAt: '2099-01-01T00:00:00.123Z',
  })
  ;({ secret } = made)
  const gone = await createKey(metadata, caller, { name: 'gone', organizationId: 'acme' })
  await revokeKey(metadata, caller, gone.id)
  const decision = { fingerprint: 'a'.repeat(16), state: 'ignored', assignee: 'ada', changedBy: 'x' } as const
  await decide(metadata.database.queries, { organizationId: 'acme', workspaceId: 'w1' }, decision)
})
afterAll(() => metadata[Symbol.asyncDispose]())

/** An empty database beside the first. */
async function openEmpty(): Promise<Database & AsyncDisposable & { url: string }> {
  const name = `d${randomUUID().replaceAll('-', '')}`
  await sql`CREATE DATABASE ${sql.id(name)}`.execute(metadata.database.queries)
  const url = metadata.postgres.url.replace('/postgres?', `/${name}?`)
  const database = openDatabase(url)
  await migrateMetadata(database)
  return { ...database, url, [Symbol.asyncDispose]: () => database.close() }
}

async function dump(database: Database): Promise<string[]> {
  let text = ''
  await backUp(database, (lines) => {
    text += lines
    return Promise.resolve()
  })
  return text.trimEnd().split('\n')
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* lines
}

async function contentOf({ queries }: Database): Promise<unknown> {
  return {
    keys: await listKeys(queries, 'all', { revoked: 'with' }),
    decisions: await listDecisions(queries, { organizationId: 'acme', workspaceId: 'w1' }),
    audit: await listAudit(queries, 'all', { before: null, limit: 2_000 }),
  }
}

it('keeps code agents with their versions; new ones get new numbers', async () => {
  await using from = await openEmpty()
  const put = (database: Database, name: string) =>
    publish(withoutChecks(database), ACME, { definition: makeDefinition({ name }) })
  await put(from, 'acme/one')
  await fork(withoutChecks(from), ACME, { from: 'acme/one', name: 'acme/two' })
  await install({ database: from, signatures: 'optional' }, ACME, 'acme/one')
  await using to = await openEmpty()
  await restore(to, linesOf(await dump(from)))
  for (const name of ['acme/one', 'acme/two'])
    expect(await showAgent(to, ACME.scope, name)).toEqual(await showAgent(from, ACME.scope, name))
  const { agent } = await put(to, 'acme/three')
  expect(Number(agent.id)).toBe(3)
})

describe('a backup', () => {
  it('holds every table', async () => {
    const { rows } = await sql<{ table_name: string }>`SELECT table_name FROM information_schema.tables
      WHERE table_schema = 'exectrail' AND table_name NOT LIKE 'migrations%'`.execute(
      metadata.database.queries,
    )
    expect(rows.map((row) => row.table_name).toSorted()).toEqual([...BACKED_UP].toSorted())
  })

  it('restores into an empty database whatever was there: keys work, numbers go on', async () => {
    await using other = await openEmpty()
    expect(await restore(other, linesOf(await dump(metadata.database)))).toBe(522 + 1 + 523)
    expect(await contentOf(other)).toEqual(await contentOf(metadata.database))
    const keys = cachedKeys(other, () => undefined)
    expect(await keys.find(secret)).toMatchObject({ name: 'kept', scopes: ['read'] })
    await keys.close()
    await createKey({ database: other, keys }, caller, { name: 'next', organizationId: 'acme' })
    const [newest] = await listAudit(other.queries, 'all', { before: null, limit: 1 })
    expect(newest).toMatchObject({ id: '524', detail: { name: 'next' } })
  })

  it('is one moment of the database, whatever is written meanwhile', async () => {
    let begun = false
    const lines: string[] = []
    await backUp(metadata.database, async (text) => {
      lines.push(...text.trimEnd().split('\n'))
      if (begun) return
      begun = true
      await createKey(metadata, caller, { name: 'late', organizationId: 'acme' })
    })
    expect(lines.join('')).not.toContain('"late"')
  })

  it('is not restored over rows, nor from an incomplete file; nothing changes then', async () => {
    const lines = await dump(metadata.database)
    await expect(restore(metadata.database, linesOf(lines))).rejects.toMatchObject({ code: 'conflict' })
    await using other = await openEmpty()
    const broken: [string[], RegExp][] = [
      [lines.slice(0, -1), /cut short/],
      [[...lines.slice(0, 300), ...lines.slice(301)], /line \d+ is not a row/],
      [lines.with(400, '{"table":"api_keys"'), /line 401 is not JSON/],
      [lines.with(0, '{"name":"other"}'), /no backup/],
      [lines.with(0, (lines[0] ?? '').replace('"0001_', '"9999_')), /later release/],
      [[], /cut short/],
    ]
    for (const [given, message] of broken)
      await expect(restore(other, linesOf(given))).rejects.toThrow(message)
    expect(await dump(other)).toHaveLength(2)
  })

  it('is written and read by the command line, with and without a running Postgres', async () => {
    const file = join(metadata.home, 'backup.jsonl')
    const url = { DATABASE_URL: metadata.postgres.url }
    const written = await exectrail(['metadata', 'backup', file], environmentFor(metadata.home, url))
    expect(written).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/Backed up \d+ rows/) })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const text = await readFile(file, 'utf8')
    expect(text).not.toContain(secret)
    const fresh = environmentFor(join(metadata.home, 'fresh'))
    const restored = await exectrail(['metadata', 'restore', file, '--json'], fresh)
    expect(JSON.parse(restored.stdout)).toEqual({ file, rows: text.split('\n').length - 3 })
    const again = await exectrail(['metadata', 'restore', file], fresh)
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not empty') })
  })
})
