import { afterAll, describe, expect, it, vi } from 'vitest'
import { sourceOf } from '../../src/budgets/source.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { changeStatus } from '../../src/service/registry/change-status.ts'
import { moveTag } from '../../src/service/registry/move-tag.ts'
import { install } from '../../src/service/registry/install.ts'
import { startAgentExecutor } from '../support/agent-executor.ts'
import { offlineConfig } from '../support/configuration.ts'
import { recordingTrail } from '../support/recording-trail.ts'
import { ACME, makeDefinition } from '../support/registry.ts'

const started = await startAgentExecutor()
afterAll(() => started[Symbol.asyncDispose]())
const { metadata, published, run } = started
const { database } = metadata
const config = offlineConfig(metadata.home)

/** More than the second that an answer may be old, on a busy machine. */
const LONG = { timeout: 60_000, interval: 100 }

await published({})

describe('a change by this process', () => {
  it('is seen by the next run: a yank, a tag, a new version, an installation', async () => {
    const name = 'acme/at-once'
    const versionOf = async (agent: string) => (await run({ agent })).codeAgentVersion
    await published({ name })
    await published({ name, version: '1.1.0' })
    expect(await versionOf(`${name}@^1`)).toBe('1.1.0')
    const yank = { name, version: '1.1.0', status: 'yanked' as const, reason: 'wrong sums' }
    await changeStatus(database, ACME, yank)
    expect(await versionOf(`${name}@^1`)).toBe('1.0.0')
    await moveTag(database, ACME, { name, tag: 'stable', version: '1.0.0' })
    expect(await versionOf(`${name}@stable`)).toBe('1.0.0')
    await published({ name, version: '1.2.0' })
    expect(await versionOf(`${name}@^1`)).toBe('1.2.0')
    await moveTag(database, ACME, { name, tag: 'stable', version: '1.2.0' })
    expect(await versionOf(`${name}@stable`)).toBe('1.2.0')
    expect(await versionOf(name)).toBe('1.2.0')
    await install({ database, signatures: 'optional' }, ACME, `${name}@1.0.0`)
    expect(await versionOf(name)).toBe('1.0.0')
  })
})

describe('a version with a status', () => {
  it('warns where it is deprecated, and refuses within a second where it is yanked, with the reason', async () => {
    await published({ name: 'acme/old' })
    await published({ name: 'acme/old', version: '1.1.0' })
    expect((await run({ agent: 'acme/old@1.1.0' })).warnings).toEqual([])
    const change = { name: 'acme/old', version: '1.1.0', reason: 'use 2.0' }
    await changeStatus(database, ACME, { ...change, status: 'deprecated' })
    await vi.waitFor(async () => {
      expect((await run({ agent: 'acme/old@1.1.0' })).warnings).toEqual([
        'acme/old@1.1.0 is deprecated: use 2.0',
      ])
    }, LONG)
    await changeStatus(database, ACME, { ...change, status: 'yanked', reason: 'wrong sums' })
    await vi.waitFor(async () => {
      await expect(run({ agent: 'acme/old@1.1.0' })).rejects.toThrow(
        /acme\/old@1\.1\.0 is yanked: wrong sums/u,
      )
    }, LONG)
    expect(await run({ agent: 'acme/old@^1' })).toMatchObject({ codeAgentVersion: '1.0.0' })
  })

  it('still runs yanked where it is installed, with a warning', async () => {
    await published({ name: 'acme/kept' })
    await install({ database, signatures: 'optional' }, ACME, 'acme/kept@1.0.0')
    await published({ name: 'acme/kept', version: '1.0.1' })
    await changeStatus(database, ACME, {
      name: 'acme/kept',
      version: '1.0.0',
      status: 'yanked',
      reason: 'old',
    })
    expect(await run({ agent: 'acme/kept' })).toMatchObject({
      codeAgentVersion: '1.0.0',
      warnings: ['acme/kept@1.0.0 is yanked: old'],
    })
  })
})

describe('a key that was used before', () => {
  it('gets the first answer, also when a newer version is out', async () => {
    await published({ name: 'acme/repeated' })
    const request = { agent: 'acme/repeated', idempotencyKey: 'once' }
    const first = await run(request)
    await published({ name: 'acme/repeated', version: '1.0.1' })
    await vi.waitFor(async () => {
      expect(await run({ agent: 'acme/repeated' })).toMatchObject({ codeAgentVersion: '1.0.1' })
    }, LONG)
    expect((await run(request)).executionId).toBe(first.executionId)
    await expect(run({ ...request, input: { xs: [] } })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('an installation', () => {
  it('that requires signatures runs none without', async () => {
    const strict = await createExecutor({
      config: { ...config, registry: { requireSigned: true } },
      trail: recordingTrail(),
      budgets: sourceOf(database),
    })
    const refused = strict.execute({ agent: 'acme/summer', context: { organizationId: 'acme' } })
    await expect(refused).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/no signature/u),
    })
    await strict.close(0)
  })

  it('without a registry says how to get one', async () => {
    const alone = await createExecutor({ config, trail: recordingTrail() })
    await expect(alone.execute({ agent: 'acme/summer' })).rejects.toMatchObject({
      code: 'metadata_unavailable',
      hint: expect.stringMatching(/exectrail up/u),
    })
    await alone.close(0)
  })

  it('runs nothing that was changed in its database', async () => {
    await published({ name: 'acme/changed' })
    await database.queries
      .updateTable('registry_versions')
      .set({ definition: JSON.stringify(makeDefinition({ name: 'acme/changed', code: 'evil' })) })
      .where(
        'agent_id',
        '=',
        database.queries.selectFrom('registry_agents').select('id').where('name', '=', 'changed'),
      )
      .execute()
    await expect(run({ agent: 'acme/changed' })).rejects.toThrow(/not what was published/u)
  })
})
