import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/metadata/audit-log.ts'
import { publish } from '../../../src/service/registry/publish.ts'
import { resolve } from '../../../src/agents/resolve.ts'
import { showAgent, showVersion } from '../../../src/service/registry/show-agent.ts'
import { startMetadata, type TestMetadata } from '../../support/metadata.ts'
import {
  ACME,
  ACME_W1,
  ACME_W2,
  ADMINISTRATOR,
  GLOBEX,
  makeDefinition,
  withoutChecks,
} from '../../support/registry.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

const put = (
  caller: typeof ACME,
  change: Parameters<typeof makeDefinition>[0],
  more: Omit<Parameters<typeof publish>[2], 'definition'> = {},
) => publish(withoutChecks(metadata.database), caller, { definition: makeDefinition(change), ...more })

describe('publish', () => {
  it('takes a version once; the same content again gets the same answer, other content a conflict', async () => {
    const first = await put(ACME, { name: 'acme/once' })
    expect(first).toMatchObject({
      isNew: true,
      version: { version: '1.0.0', status: 'active', review: null },
    })
    const again = await put(ACME, { name: 'acme/once' })
    expect(again).toMatchObject({ isNew: false, version: { sha256: first.version.sha256 } })
    await expect(put(ACME, { name: 'acme/once', code: 'def main(input): return 2' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('versions never change'),
    })
    const { definition } = await resolve(metadata.database, 'acme/once', { organizationId: 'acme' })
    expect(definition).toEqual(makeDefinition({ name: 'acme/once' }))
  })

  it('decides once between many who publish one version at once', async () => {
    const tries = Array.from({ length: 16 }, (_, index) =>
      put(ACME, { name: 'race/name', code: `def main(input): return ${index}` }),
    )
    const ends = await Promise.allSettled(tries)
    const won = ends.filter((end) => end.status === 'fulfilled')
    expect(won).toHaveLength(1)
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'conflict' })
    const { versions } = await showAgent(metadata.database, 'all', 'race/name')
    expect(versions.map(({ sha256 }) => sha256)).toEqual([
      won[0]?.status === 'fulfilled' ? won[0].value.version.sha256 : '',
    ])
    const audit = await listAudit(metadata.database.queries, 'all', {
      action: 'registry.publish',
      subject: 'race/name',
      before: null,
      limit: 50,
    })
    expect(audit).toHaveLength(1)
  })

  it('gives a namespace to the first organization that publishes in it', async () => {
    const ends = await Promise.allSettled([
      put(ACME, { name: 'first/one' }),
      put(GLOBEX, { name: 'first/two' }),
    ])
    const refused = ends.filter((end) => end.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toMatchObject({ code: 'forbidden' })
    await put(ACME, { name: 'acme/hidden' })
    const known = await put(GLOBEX, { name: 'acme/hidden' }).catch((error: Error) => error.message)
    const unknown = await put(GLOBEX, { name: 'acme/absent' }).catch((error: Error) => error.message)
    expect(known).toBe(unknown)
  })

  it('leaves nothing where a check fails', async () => {
    const check = () => Promise.reject(new Error('no'))
    const parts = { ...withoutChecks(metadata.database), check }
    const definition = makeDefinition({ name: 'nothing/left' })
    await expect(publish(parts, ACME, { definition })).rejects.toThrow('no')
    await expect(showAgent(metadata.database, 'all', 'nothing/left')).rejects.toMatchObject({
      code: 'not_found',
    })
    await put(GLOBEX, { name: 'nothing/taken' })
  })
})

describe('who sees an agent', () => {
  const seen = async (name: string) => {
    const see = (caller: typeof ACME) =>
      showAgent(metadata.database, caller.scope, name).then(
        () => true,
        (error: { code: string }) => (expect(error.code).toBe('not_found'), false),
      )
    return {
      own: await see(ACME),
      w1: await see(ACME_W1),
      w2: await see(ACME_W2),
      other: await see(GLOBEX),
      all: await see(ADMINISTRATOR),
    }
  }

  it('follows its visibility; a public one is seen by others once a version is approved', async () => {
    await put(ACME, { name: 'acme/private' })
    await put(ACME_W1, { name: 'acme/private-of-w1' })
    await put(ACME, { name: 'acme/for-w1' }, { visibility: 'workspace', workspaceId: 'w1' })
    await put(ACME_W1, { name: 'acme/for-all' }, { visibility: 'organization' })
    await put(ACME, { name: 'acme/for-everyone' }, { visibility: 'public' })
    const nobodyElse = { own: true, all: true, other: false }
    expect(await seen('acme/private')).toEqual({ ...nobodyElse, w1: false, w2: false })
    expect(await seen('acme/private-of-w1')).toEqual({ ...nobodyElse, w1: true, w2: false })
    expect(await seen('acme/for-w1')).toEqual({ ...nobodyElse, w1: true, w2: false })
    expect(await seen('acme/for-all')).toEqual({ ...nobodyElse, w1: true, w2: true })
    expect(await seen('acme/for-everyone')).toEqual({ ...nobodyElse, w1: true, w2: true })
  })

  it('refuses a workspace without its name, and another workspace', async () => {
    await expect(put(ACME, { name: 'acme/nowhere' }, { visibility: 'workspace' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    await expect(put(ACME_W1, { name: 'acme/elsewhere' }, { workspaceId: 'w2' })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('resolve', () => {
  it('takes the newest version that a reference allows', async () => {
    for (const version of ['1.0.0', '1.2.0', '1.10.0', '2.0.0', '3.0.0-beta.1'])
      await put(ACME, { name: 'acme/many', version })
    const at = async (selector: string) =>
      (await resolve(metadata.database, `acme/many${selector}`, ACME.scope)).version.version
    expect(await at('')).toBe('2.0.0')
    expect(await at('@^1.2')).toBe('1.10.0')
    expect(await at('@1.0.0')).toBe('1.0.0')
    expect(await at('@latest')).toBe('2.0.0')
    expect(await at('@3.0.0-beta.1')).toBe('3.0.0-beta.1')
    await expect(at('@stable')).rejects.toMatchObject({ code: 'not_found' })
    await expect(resolve(metadata.database, 'acme/many', GLOBEX.scope)).rejects.toMatchObject({
      code: 'not_found',
    })
    const view = await showVersion(metadata.database, ACME.scope, 'acme/many@^1')
    expect(view).toMatchObject({ version: '1.10.0', warnings: [] })
  })
})
