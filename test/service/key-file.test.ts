import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { listAudit } from '../../src/metadata/audit-log.ts'
import { KEY_SCOPES, USUAL_SCOPES } from '../../src/metadata/key-scopes.ts'
import { adoptKeyFile, type OpenedKeys } from '../../src/service/adopt-keys.ts'
import { keysPath, readCliKey } from '../../src/service/key-file.ts'
import { hashSecret } from '../../src/service/keys.ts'
import { createKey, revokeKey } from '../../src/service/manage-keys.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

let metadata: TestMetadata
let home: string
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())
beforeEach(async () => {
  home = await mkdtemp(join(metadata.home, 'other-'))
})

const adopt = (apiKey: string | null): Promise<OpenedKeys> => adoptKeyFile({ home, apiKey }, metadata)

it('makes the first key where none is given, readable only by its owner, and keeps it over a restart', async () => {
  const { secret } = await adopt(null)
  expect(secret).toMatch(/^xt_[\w-]{32}$/)
  expect((await stat(keysPath(home))).mode & 0o777).toBe(0o600)
  expect(await metadata.keys.find(secret ?? '')).toMatchObject({ scope: 'all', scopes: KEY_SCOPES })
  expect((await adopt(null)).secret).toBe(secret)
  expect(await readCliKey(home, null)).toBe(secret)
})

it('takes the given key as the first administrator and keeps nothing of it but a hash', async () => {
  const given = `a-key-of-the-operator-${randomUUID()}`
  expect(await adopt(given)).toEqual({ secret: given, givenIsUnknown: false })
  expect(await metadata.keys.find(given)).toMatchObject({ name: 'first administrator', scope: 'all' })
  expect(await readFile(keysPath(home), 'utf8')).not.toContain(given)
})

it('says so when the given key is none of a home that has one already', async () => {
  const { secret } = await adopt(null)
  expect(await adopt('some-other-key-0123')).toEqual({ secret, givenIsUnknown: true })
  expect(await metadata.keys.find('some-other-key-0123')).toBeNull()
})

it('knows a given key that was made by the service', async () => {
  await adopt(null)
  const actor = { keyId: null, name: 'test', address: null }
  const { secret } = await createKey(
    metadata,
    { scope: 'all', actor },
    { name: 'ci', organizationId: 'acme' },
  )
  expect(await adopt(secret)).toEqual({ secret, givenIsUnknown: false })
})

it('takes over every key of a file, bound as it was, once, and writes that down', async () => {
  const [admin, bound] = [`of-all-${randomUUID()}`, `of-acme-${randomUUID()}`]
  const keys = [
    { secret: admin, organizationId: null },
    { secret: bound, organizationId: 'acme' },
  ].map(({ secret, organizationId }) => ({
    id: randomUUID(),
    name: secret.slice(0, 7),
    sha256: hashSecret(secret).toString('hex'),
    organizationId,
    createdAt: '2026-01-02T03:04:05.000Z',
  }))
  await writeFile(keysPath(home), JSON.stringify({ keys, cliKey: admin }))
  for (let start = 0; start < 2; start += 1) expect((await adopt(null)).secret).toBe(admin)
  expect(await metadata.keys.find(admin)).toMatchObject({ scope: 'all', scopes: KEY_SCOPES })
  expect(await metadata.keys.find(bound)).toMatchObject({
    scope: { organizationId: 'acme' },
    scopes: USUAL_SCOPES,
  })
  for (const { id } of keys) {
    const query = { subject: id, before: null, limit: 10 }
    const entries = await listAudit(metadata.database.queries, 'all', query)
    expect(entries.map(({ action }) => action)).toEqual(['key.adopt'])
  }
})

it('leaves a revoked key of the file revoked at the next start', async () => {
  const { secret } = await adopt(null)
  const { id } = (await metadata.keys.find(secret ?? '')) ?? { id: '' }
  await revokeKey(metadata, { scope: 'all', actor: { keyId: null, name: 'test', address: null } }, id)
  await adopt(null)
  expect(await metadata.keys.find(secret ?? '')).toBeNull()
})

it('refuses a damaged file of keys and names it', async () => {
  await writeFile(keysPath(home), '{"keys": "all of them"')
  await expect(adopt(null)).rejects.toSatisfy(
    (error) => error instanceof ConfigError && error.message.includes(keysPath(home)),
  )
})
