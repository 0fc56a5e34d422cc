import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEY_SCOPES } from '../../src/metadata/key-scopes.ts'
import { openDatabase } from '../../src/metadata/database.ts'
import { adoptKeyFile } from '../../src/service/adopt-keys.ts'
import { cachedKeys, type KeyStore } from '../../src/service/keys.ts'
import type { KeyView } from '../../src/service/manage-keys.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { ADMIN_KEY, readProblem, startOfflineService, withKey, type TestService } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

type NewKey = KeyView & { secret: string }

let metadata: TestMetadata
let service: TestService
let admin: string
beforeAll(async () => {
  metadata = await startMetadata()
  service = await startOfflineService({}, { keys: metadata.keys, metadata })
  const opened = await adoptKeyFile({ home: metadata.home, apiKey: null }, metadata)
  admin = opened.secret ?? ''
})
afterAll(async () => {
  await service.close()
  await metadata[Symbol.asyncDispose]()
})

const make = async (body: object, key = admin): Promise<NewKey> =>
  (await service.post('/v1/keys', body, withKey(key).headers)).json() as Promise<NewKey>
const refused = async (body: object, key = admin) =>
  readProblem(await service.post('/v1/keys', body, withKey(key).headers))
const list = async (query = '', key = admin): Promise<KeyView[]> =>
  (await service.json<{ data: KeyView[] }>(`/v1/keys${query}`, 200, withKey(key))).data
const revoke = (id: string, key = admin): Promise<Response> =>
  service.ask(`/v1/keys/${id}`, { method: 'DELETE', ...withKey(key) })
const statusOf = async (key: string, path = '/docs'): Promise<number> =>
  (await service.ask(path, withKey(key))).status

describe('a key', () => {
  it('is made with its secret, which works and is never shown again', async () => {
    const made = await make({ name: 'ci', organizationId: 'acme', scopes: ['read', 'read'] })
    expect(made).toMatchObject({
      name: 'ci',
      organizationId: 'acme',
      workspaceId: null,
      scopes: ['read'],
      state: 'active',
      expiresAt: null,
    })
    expect(await statusOf(made.secret)).toBe(200)
    const { secret, ...shown } = made
    const listed = (await list()).find(({ id }) => id === made.id)
    expect({ ...listed, lastUsedAt: null }).toEqual(shown)
    expect(JSON.stringify(listed)).not.toContain(secret)
  })

  it('whose name or organization holds what Postgres cannot is refused', async () => {
    expect(await refused({ name: 'a\0b', organizationId: 'acme' })).toMatchObject({ status: 422 })
    expect(await readProblem(await service.ask('/v1/keys?organization=%00', withKey(admin)))).toMatchObject({
      status: 422,
      errors: [{ path: '', message: expect.stringContaining('NUL') }],
    })
  })

  it('shows when it was last used', async () => {
    const made = await make({ name: 'used', organizationId: 'acme' })
    const lastUse = async (): Promise<string | null | undefined> =>
      (await list()).find(({ id }) => id === made.id)?.lastUsedAt
    expect(await lastUse()).toBeNull()
    const before = Date.now()
    await statusOf(made.secret)
    await waitFor(async () => (await lastUse()) !== null, { what: 'the use' })
    const first = await lastUse()
    expect(Date.parse(first ?? '')).toBeGreaterThanOrEqual(before - 1_000)
    for (let use = 0; use < 20; use += 1) await statusOf(made.secret)
    await metadata.keys.close()
    expect(await lastUse()).toBe(first)
  })

  it('is refused at once when it is revoked, and within a second in another process', async () => {
    const made = await make({ name: 'gone', organizationId: 'acme' })
    expect(await statusOf(made.secret)).toBe(200)
    expect(await metadata.elsewhere.find(made.secret)).toMatchObject({ id: made.id })
    const answer = await revoke(made.id)
    expect(await answer.json()).toMatchObject({ id: made.id, state: 'revoked' })
    expect(await statusOf(made.secret)).toBe(401)
    await pause(1_000)
    expect(await metadata.elsewhere.find(made.secret)).toBeNull()
    expect((await list()).map(({ id }) => id)).not.toContain(made.id)
    expect((await list('?revoked=with')).find(({ id }) => id === made.id)?.state).toBe('revoked')
    const again = (await (await revoke(made.id)).json()) as KeyView
    expect(again.state).toBe('revoked')
  })

  it('is refused from its expiry on', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString()
    const made = await make({ name: 'short', organizationId: 'acme', expiresAt })
    expect(made.expiresAt).toBe(expiresAt)
    expect(await statusOf(made.secret)).toBe(200)
    await waitFor(async () => (await statusOf(made.secret)) === 401, { what: 'its expiry' })
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt))
    expect((await list()).find(({ id }) => id === made.id)?.state).toBe('expired')
  })

  it.each([
    ['without a name', {}, 'name'],
    ['without an organization', { name: 'x' }, 'organizationId'],
    [
      'for a workspace without organization',
      { name: 'x', workspaceId: 'w', scopes: ['admin'] },
      'workspaceId',
    ],
    ['of an unknown scope', { name: 'x', organizationId: 'a', scopes: ['all'] }, 'scopes.0'],
    ['without any scope', { name: 'x', organizationId: 'a', scopes: [] }, 'scopes'],
    ['that has expired', { name: 'x', organizationId: 'a', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['with an unknown member', { name: 'x', organizationId: 'a', role: 'root' }, 'role'],
  ])('is not made %s', async (_, body, path) => {
    const problem = await refused(body)
    expect(problem).toMatchObject({ status: 422, code: 'invalid_request' })
    expect(problem.errors?.map((issue) => issue.path)).toContain(path)
  })

  it.each([randomUUID(), 'x', '%00', 'a'.repeat(300)])(
    'that is not there is not revoked: %.40s',
    async (id) => {
      const { status, hint } = await readProblem(await revoke(id))
      expect({ status, named: hint?.includes('exectrail key list') ?? id.length > 256 }).toEqual({
        status: id.length > 256 ? 422 : 404,
        named: true,
      })
    },
  )

  it('that only reads manages none', async () => {
    const { secret } = await make({ name: 'reader', organizationId: 'acme', scopes: ['read'] })
    expect(await refused({ name: 'x' }, secret)).toMatchObject({ status: 403, code: 'forbidden' })
    expect(await statusOf(secret, '/v1/keys')).toBe(403)
    expect((await revoke(randomUUID(), secret)).status).toBe(403)
  })
})

describe('an administrator of an organization', () => {
  let acme: string
  let workspace: string
  let foreign: NewKey
  beforeAll(async () => {
    acme = (await make({ name: 'acme', organizationId: 'acme', scopes: ['admin'] })).secret
    const bound = { organizationId: 'acme', workspaceId: 'w1', scopes: ['admin'] }
    workspace = (await make({ name: 'acme w1', ...bound })).secret
    foreign = await make({ name: 'globex', organizationId: 'globex' })
  })

  it('sees, makes and revokes only its keys', async () => {
    const made = await make({ name: 'mine' }, acme)
    expect(made).toMatchObject({ organizationId: 'acme', scopes: ['execute', 'read', 'write'] })
    const seen = await list('', acme)
    expect(new Set(seen.map(({ organizationId }) => organizationId))).toEqual(new Set(['acme']))
    expect((await revoke(foreign.id, acme)).status).toBe(404)
    expect(await statusOf(foreign.secret)).toBe(200)
    expect((await revoke(made.id, acme)).status).toBe(200)
    expect((await service.ask('/v1/keys?organization=globex', withKey(acme))).status).toBe(403)
    expect(await refused({ name: 'x', organizationId: 'globex' }, acme)).toMatchObject({ status: 403 })
  })

  it('is held to its workspace', async () => {
    expect(await make({ name: 'w1 only' }, workspace)).toMatchObject({ workspaceId: 'w1' })
    const seen = await list('', workspace)
    expect(new Set(seen.map(({ workspaceId }) => workspaceId))).toEqual(new Set(['w1']))
    expect(await refused({ name: 'x', workspaceId: 'w2' }, workspace)).toMatchObject({ status: 403 })
  })
})

describe('the last administrator', () => {
  it('cannot be revoked, by two requests at once neither', async () => {
    const second = await make({ name: 'second', scopes: ['admin'] })
    expect(second).toMatchObject({ organizationId: null, scopes: ['admin'] })
    const all = (await list()).filter(({ organizationId }) => organizationId === null)
    expect(all.map(({ scopes }) => scopes)).toEqual([['admin'], KEY_SCOPES])
    const answers = await Promise.all(all.map(({ id }) => revoke(id)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    admin = (await statusOf(admin)) === 200 ? admin : second.secret
    expect(await list()).not.toEqual([])
  })
})

describe('while Postgres does not answer', () => {
  it('known keys stay valid, and it comes back with every key', async () => {
    const made = await make({ name: 'known', organizationId: 'acme' })
    expect(await statusOf(made.secret)).toBe(200)
    const { pid } = metadata.postgres.process
    process.kill(pid ?? 0, 'SIGKILL')
    await waitFor(() => metadata.postgres.process.state !== 'ready', { what: 'its end' })
    expect(await statusOf(made.secret)).toBe(200)
    await waitFor(() => metadata.postgres.process.state === 'ready', { what: 'Postgres' })
    expect((await list()).map(({ id }) => id)).toContain(made.id)
    expect(metadata.postgres.process.restarts).toBe(1)
  })

  it('asking for keys is asking for what is not there, where a service has none', async () => {
    await using alone = await startOfflineService()
    for (const path of ['/v1/keys', '/v1/audit'])
      expect(await readProblem(await alone.ask(path))).toMatchObject({ status: 404, code: 'not_found' })
    const change = { method: 'PATCH', body: '{"state":"resolved"}', headers: withKey(ADMIN_KEY).headers }
    const refusal = await readProblem(await alone.ask('/v1/errors/0123456789abcdef', change))
    expect(refusal).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('a key that is not known yet gets 503 with what to do', async () => {
    await using nowhere = openNowhere()
    await using alone = await startOfflineService({}, { keys: nowhere.keys })
    const problem = await readProblem(await alone.ask('/docs', withKey('xt_unknown')))
    expect(problem).toMatchObject({ status: 503, code: 'metadata_unavailable' })
    expect(problem.hint).toContain('exectrail doctor')
  })
})

function openNowhere(): AsyncDisposable & { keys: KeyStore } {
  const database = openDatabase('postgresql://exectrail@/postgres?host=/nonexistent')
  const keys = cachedKeys(database, () => undefined)
  return { keys, [Symbol.asyncDispose]: () => database.close() }
}
