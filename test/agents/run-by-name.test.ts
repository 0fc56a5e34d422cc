import { afterAll, describe, expect, it } from 'vitest'
import { publish } from '../../src/service/registry/publish.ts'
import { startAgentExecutor } from '../support/agent-executor.ts'
import { ACME, makeDefinition, withoutChecks } from '../support/registry.ts'

const started = await startAgentExecutor()
afterAll(() => started[Symbol.asyncDispose]())
const { executor, published, run } = started

await published({ version: '1.0.0' })
await published({ version: '1.2.0' })
await published({ version: '2.0.0', limits: { timeoutMs: 5000, memoryMb: 128 } })
await published({ name: 'acme/open' }, 'public')

describe('an execution that names an agent', () => {
  it.each([
    ['acme/summer@1.0.0', '1.0.0'],
    ['acme/summer@^1.0', '1.2.0'],
    ['acme/summer@latest', '2.0.0'],
    ['acme/summer', '2.0.0'],
  ])('runs %s as %s, and its record says so', async (agent, version) => {
    const { outcome, result, codeAgentId, codeAgentVersion, runtime, warnings } = await run({ agent })
    expect({ outcome, result, codeAgentId, codeAgentVersion, runtime, warnings }).toEqual({
      outcome: 'success',
      result: { sum: 6 },
      codeAgentId: 'acme/summer',
      codeAgentVersion: version,
      runtime: 'subprocess',
      warnings: [],
    })
  })

  it('holds the input to the schema of the agent', async () => {
    const ended = await run({ agent: 'acme/summer', input: { xs: ['one'] } })
    expect(ended).toMatchObject({ outcome: 'failure', errorType: 'validation_input' })
  })

  it('has the limits of the agent, or lower ones', async () => {
    const own = await run({ agent: 'acme/summer@2.0.0' })
    expect(own).toMatchObject({ limitTimeoutMs: 5000, limitMemoryBytes: 128 * 1_048_576 })
    const lower = await run({ agent: 'acme/summer@2.0.0', runtime: 'vm2', limits: { timeoutMs: 1000 } })
    expect(lower).toMatchObject({ runtime: 'vm2', limitTimeoutMs: 1000, limitMemoryBytes: 128 * 1_048_576 })
  })

  it.each([
    [{ runtime: 'wasmedge' as const }, ['runtime']],
    [
      { limits: { timeoutMs: 5001, memoryMb: 129, openFiles: 1000 } },
      ['limits.timeoutMs', 'limits.openFiles', 'limits.memoryMb'],
    ],
    [{ network: 'host' as const }, ['network']],
    [{ network: { allow: ['example.com'] } }, ['network']],
    [{ inputSchema: true }, ['inputSchema']],
    [
      { context: { codeAgentId: 'acme/other', codeAgentVersion: '9.9.9' } },
      ['context.codeAgentId', 'context.codeAgentVersion'],
    ],
    [{ env: { PYTHONPATH: '.', LD_PRELOAD: 'x.so', NAME: 'fine' } }, ['env.PYTHONPATH', 'env.LD_PRELOAD']],
    [
      {
        files: [
          { path: 'fs.js', content: '' },
          { path: 'data.csv', content: '' },
        ],
      },
      ['files.0.path'],
    ],
  ])('refuses to widen what the agent may do: %j', async (change, paths) => {
    const refused = run({ agent: 'acme/summer@2.0.0', ...change })
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_request',
      issues: paths.map((path) => expect.objectContaining({ path })),
    })
  })

  it('names everything that is wrong with the request itself', async () => {
    const wrong = {
      agent: 'acme/summer',
      code: '1',
      language: 'bash',
      limits: { timeoutMs: 'long' },
      colour: 1,
    }
    await expect(executor.execute(wrong as never)).rejects.toMatchObject({
      issues: ['limits.timeoutMs', 'code', 'language', 'colour'].map((path) =>
        expect.objectContaining({ path }),
      ),
    })
  })

  it.each(['acme', 'acme/summer@', 'acme/summer@!', '../etc/passwd', 'x'.repeat(300), "acme/a'--", 7])(
    'refuses %j, which is no reference',
    async (agent) => {
      await expect(run({ agent: agent as string })).rejects.toMatchObject({ code: 'invalid_request' })
    },
  )

  it('reaches the hosts of the agent, or fewer of them', async () => {
    await published({ name: 'acme/caller', network: { allow: ['api.example.com', '*.example.org'] } })
    const agent = 'acme/caller'
    for (const network of [
      'none',
      { allow: ['a.example.org'] },
      { allow: ['*.b.example.org', 'API.example.com'] },
    ] as const)
      expect(await run({ agent, network })).toMatchObject({ outcome: 'success' })
    for (const allow of [
      ['example.org'],
      ['*.example.com'],
      ['*.org'],
      ['api.example.com', 'evil.com'],
      ['badexample.org'],
    ])
      await expect(run({ agent, network: { allow } })).rejects.toThrow(/may reach only/u)
  })
})

describe('another organization', () => {
  const globex = { organizationId: 'globex' }

  it('runs what is public, and does not see what is private', async () => {
    expect(await run({ agent: 'acme/open', context: globex })).toMatchObject({
      outcome: 'success',
      organizationId: 'globex',
      codeAgentId: 'acme/open',
    })
    const [hidden, absent] = await Promise.all(
      ['acme/summer@1.0.0', 'acme/absent@1.0.0'].map((agent) =>
        run({ agent, context: globex }).then(() => '', String),
      ),
    )
    expect(hidden).toMatch(/there is no code agent/u)
    expect(hidden?.replace('summer', 'absent')).toBe(absent)
  })

  it('does not see versions that are not approved', async () => {
    const { database } = started.metadata
    const definition = makeDefinition({ name: 'acme/open', version: '1.1.0', runtimes: ['subprocess'] })
    await publish(withoutChecks(database), ACME, { definition })
    await expect(run({ agent: 'acme/open@1.1.0', context: globex })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await run({ agent: 'acme/open@1.1.0' })).toMatchObject({ outcome: 'success' })
  })
})
