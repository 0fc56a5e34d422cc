/** Code agents through the tools, as two organizations see them. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeStatus } from '../../src/service/registry/change-status.ts'
import { startAgentExecutor, type AgentExecutor } from '../support/agent-executor.ts'
import { countRuns } from '../support/marketplace.ts'
import { overHttp, type McpSession } from '../support/mcp.ts'
import { ACME } from '../support/registry.ts'
import {
  absentStore,
  ACME_KEY,
  GLOBEX_KEY,
  READ_KEY,
  startService,
  type TestService,
} from '../support/service.ts'

let agents: AgentExecutor
let service: TestService
const open: McpSession[] = []
const store = absentStore()

beforeAll(async () => {
  agents = await startAgentExecutor()
  const { metadata, executor } = agents
  service = await startService({ store, executor, metadata })
  const topics = ['math', 'sums']
  await agents.published({ topics }, 'public')
  await agents.published({ topics, name: 'acme/secret', description: 'Adds secret numbers' })
  await agents.published({ topics, name: 'acme/old', description: 'Once added' }, 'public')
  const old = { name: 'acme/old', version: null, status: 'deprecated' as const }
  await changeStatus(metadata.database, ACME, { ...old, reason: 'acme/summer replaces it' })
  await countRuns(metadata.database)
})
afterAll(async () => {
  for (const session of open) await session.close()
  await service.close()
  await store.close()
  await agents[Symbol.asyncDispose]()
})

async function as(key: string, era: 'legacy' | 'auto' = 'auto'): Promise<McpSession> {
  const session = await overHttp(service.url, key, era)
  open.push(session)
  return session
}

const namesOf = (found: { agents: { name: string }[] }): string[] =>
  found.agents.map(({ name }) => name).toSorted()

it('are found with their status, version and figures, each organization those it may see', async () => {
  const acme = await as(ACME_KEY)
  const found = await acme.call('search_agents', { topic: ['math', 'sums'], license: 'apache-2.0' })
  expect(namesOf(found)).toEqual(['acme/old', 'acme/secret', 'acme/summer'])
  expect(found.agents.find(({ name }: { name: string }) => name === 'acme/summer')).toEqual({
    name: 'acme/summer',
    version: '1.0.0',
    status: 'active',
    statusReason: null,
    description: 'Adds numbers',
    language: 'javascript',
    runtimes: ['subprocess', 'vm2'],
    topics: ['math', 'sums'],
    license: 'Apache-2.0',
    isSigned: false,
    isReviewed: true,
    statistics: {
      runs: 1200,
      successRate: 0.95,
      p50Ms: 12,
      p95Ms: 48,
      costPerRunNanoUsd: 2000,
      pricedRuns: 1000,
    },
  })
  const globex = await as(GLOBEX_KEY)
  expect(namesOf(await globex.call('search_agents'))).toEqual(['acme/old', 'acme/summer'])
  expect((await globex.call('search_agents', { query: 'secret' })).agents).toEqual([])
  const python = await globex.call('search_agents', { language: 'python' })
  expect(python.agents).toEqual([])
})

it('come page by page, and one alone with the schema of its input', async () => {
  const globex = await as(GLOBEX_KEY)
  const first = await globex.call('search_agents', { limit: 1, sort: 'newest' })
  expect(first.agents).toMatchObject([
    { name: 'acme/old', status: 'deprecated', statusReason: 'acme/summer replaces it' },
  ])
  const second = await globex.call('search_agents', { limit: 1, sort: 'newest', cursor: first.nextCursor })
  expect(second).toMatchObject({
    agents: [{ name: 'acme/summer', inputSchema: { properties: { xs: { items: { type: 'number' } } } } }],
    nextCursor: null,
  })
})

it('run by name, with what there is to know of them', async () => {
  const globex = await as(GLOBEX_KEY, 'legacy')
  const run = await globex.call('run_agent', { agent: 'acme/summer@^1', input: { xs: [1, 2, 3] } })
  expect(run).toMatchObject({
    agent: 'acme/summer@1.0.0',
    outcome: 'success',
    link: `${service.url}/v1/executions/${run.executionId}`,
    execution: { result: { sum: 6 }, runtime: 'subprocess' },
    files: [],
    cut: [],
    warnings: [],
  })
  const old = await globex.call('run_agent', {
    agent: 'acme/old',
    input: { xs: [] },
    runtime: 'vm2',
    timeoutMs: 5000,
  })
  expect(old).toMatchObject({
    execution: { runtime: 'vm2' },
    warnings: [expect.stringContaining('acme/summer replaces it')],
  })
})

it.each([
  ['an agent of others', { agent: 'acme/secret', input: { xs: [] } }, /Not found/],
  ['an agent that there is not', { agent: 'acme/absent', input: { xs: [] } }, /Not found/],
  ['no reference', { agent: 'summer' }, /a namespace and a name/],
  ['a runtime that it may not use', { agent: 'acme/summer', runtime: 'e2b' }, /runtime/],
])('%s is an error that says what to do', async (_, args, message) => {
  const globex = await as(GLOBEX_KEY)
  const { isError, text } = await globex.attempt('run_agent', args)
  expect(isError).toBe(true)
  expect(text).toMatch(message)
})

it('need a key that may execute', async () => {
  const reader = await as(READ_KEY)
  expect(namesOf(await reader.call('search_agents'))).toContain('acme/secret')
  const { isError, text } = await reader.attempt('run_agent', { agent: 'acme/summer', input: { xs: [] } })
  expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('may not') })
})
