/** Budgets over HTTP, MCP and the command line, over a real store, a real Postgres and real runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BudgetView } from '../../src/client/reports.ts'
import { NO_LOSS } from '../../src/executor/kept-request.ts'
import { reconcileBudgets } from '../../src/service/keep-budgets.ts'
import { createKey } from '../../src/service/manage-keys.ts'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { exectrail } from '../support/command-line.ts'
import { overHttp } from '../support/mcp.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { makeRecord } from '../support/records.ts'
import { waitFor } from '../support/wait.ts'
import { ADMIN_KEY, READ_KEY, readProblem, withKey } from '../support/service.ts'

/** Of the tokens of `paid`: 1000 × 2.5 + 100 × 10 USD a million. Its resources have no price here. */
const COST = 3_500_000
const usage = { inputTokens: 1000, outputTokens: 100, model: 'gpt-4o' }

let metadata: TestMetadata
let asked: AskedService
beforeAll(async () => {
  metadata = await startMetadata()
  asked = await startAskedService([], {
    metadata,
    metadataUrl: metadata.postgres.url,
    keys: { find: async (secret) => (await metadata.keys.find(secret)) ?? known(secret) },
  })
})
afterAll(async () => {
  await asked.stop()
  await metadata[Symbol.asyncDispose]()
})

const known = (secret: string) =>
  secret === ADMIN_KEY
    ? ({ id: crypto.randomUUID(), name: 'root', scope: 'all', scopes: ['admin'] } as const)
    : null

const put = (body: object, key = ADMIN_KEY): Promise<Response> =>
  asked.service.ask('/v1/budgets', {
    method: 'PUT',
    headers: { ...withKey(key).headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
async function set(body: object): Promise<BudgetView> {
  const answer = await put({ period: 'month', limitNanoUsd: 2 * COST - 1, action: 'refuse', ...body })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return (await answer.json()) as BudgetView
}
const list = async (organization: string): Promise<BudgetView[]> =>
  (await asked.service.json<{ data: BudgetView[] }>(`/v1/budgets?organization=${organization}`)).data

const paid = (organizationId: string, more = {}) => ({
  runtime: 'subprocess',
  language: 'bash',
  code: 'true',
  usage,
  context: { organizationId },
  ...more,
})
async function spend(organizationId: string): Promise<string> {
  const answer = await asked.post('/v1/executions', paid(organizationId))
  expect(answer.status, await answer.clone().text()).toBe(200)
  return ((await answer.json()) as { executionId: string }).executionId
}

describe('an organization whose budget is spent', () => {
  it('runs nothing more, on no way', async () => {
    await set({ organizationId: 'spent' })
    const first = await spend('spent')
    await spend('spent')
    const refused = await asked.post('/v1/executions', paid('spent'))
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    const problem = await readProblem(refused)
    const [budget] = await list('spent')
    expect(problem).toMatchObject({
      status: 429,
      code: 'budget_exceeded',
      resetsAt: budget?.resetsAt,
      detail: expect.stringContaining('organization "spent" for the month is spent: $0.0070 of $0.0070'),
      hint: expect.stringContaining('exectrail budget'),
    })
    expect(budget).toMatchObject({ spentNanoUsd: 2 * COST, count: 2, unpricedCount: 2, state: 'exceeded' })

    const detached = await asked.post('/v1/executions', paid('spent'), { Prefer: 'respond-async' })
    expect(detached.status).toBe(429)
    await asked.insert([
      makeRecord({
        organizationId: 'spent',
        executionId: first,
        code: 'true',
        language: 'bash',
        runtime: 'subprocess',
        requestLoss: NO_LOSS,
        request: null,
        input: null,
      }),
    ])
    const replayed = await asked.post(`/v1/executions/${first}/replay`, {})
    expect(await readProblem(replayed)).toMatchObject({ code: 'budget_exceeded' })

    const mcp = await overHttp(asked.url, ADMIN_KEY, 'auto')
    const tool = await mcp.attempt('run_code', {
      runtime: 'subprocess',
      language: 'bash',
      code: 'true',
      organization: 'spent',
    })
    expect(tool).toMatchObject({ isError: true, text: expect.stringContaining('is spent') })
    const costs = await mcp.call('get_costs', { organization: 'spent', budgets: true })
    expect(costs.budgets).toMatchObject([{ usedRatio: expect.any(Number), state: 'exceeded' }])
    await mcp.close()

    const command = ['run', '-e', 'true', '--language', 'bash', '--runtime', 'subprocess', '--org']
    const ran = await exectrail([...command, 'spent'], asked.env)
    expect(ran).toMatchObject({ exitCode: 125, stderr: expect.stringContaining('is spent') })
    expect((await exectrail([...command, 'other'], asked.env)).exitCode).toBe(0)
    expect((await list('spent'))[0]).toMatchObject({ count: 2 })
  })

  it('gets the first answer again for a key that it has used', async () => {
    await set({ organizationId: 'twice', limitNanoUsd: 1 })
    const keyed = { ...paid('twice'), idempotencyKey: 'once' }
    const first = (await (await asked.post('/v1/executions', keyed)).json()) as { executionId: string }
    const again = await asked.post('/v1/executions', keyed)
    expect(await again.json()).toMatchObject({ executionId: first.executionId })
    expect((await asked.post('/v1/executions', paid('twice'))).status).toBe(429)
    expect((await list('twice'))[0]).toMatchObject({ count: 1, reservedNanoUsd: 0, runningCount: 0 })
  })

  it('goes on once the budget is raised, and its warnings come again', async () => {
    await set({ organizationId: 'raised', limitNanoUsd: COST })
    await spend('raised')
    expect((await asked.post('/v1/executions', paid('raised'))).status).toBe(429)
    const raised = await set({ organizationId: 'raised', limitNanoUsd: 1.5 * COST })
    expect(raised).toMatchObject({ spentNanoUsd: COST, warnings: [{ percent: 50 }] })
    await spend('raised')
    const warned = async (): Promise<number[]> =>
      (await list('raised')).flatMap(({ warnings }) => warnings.map(({ percent }) => percent))
    await waitFor(async () => (await warned()).length === 3, { what: 'the warnings' })
    expect(await warned()).toEqual([50, 80, 100])
  })
})

describe('a budget', () => {
  it('begins with what the store has, and is raised to it where executions were not counted', async () => {
    const record = (nanoUsd: number | null) =>
      makeRecord({
        organizationId: 'stored',
        codeAgentId: 'summer',
        startedAt: new Date().toISOString(),
        costAllocatedNanoUsd: nanoUsd,
        costRunNanoUsd: nanoUsd,
        costTokensNanoUsd: null,
        tokensUsed: null,
      })
    await asked.insert([record(600), record(null), { ...record(50), codeAgentId: 'winter' }])
    const before = { codeAgentId: 'summer', period: 'day', limitNanoUsd: 1000 }
    expect(await set({ organizationId: 'stored', ...before })).toMatchObject({
      spentNanoUsd: 600,
      count: 2,
      unpricedCount: 1,
      warnings: [{ percent: 50 }],
    })
    await asked.insert([record(400)])
    const logged: string[] = []
    const parts = {
      store: asked.store,
      database: metadata.database,
      log: (line: string) => logged.push(line),
    }
    // As if a minute later: rows that have just arrived may still be counted by their executors.
    await reconcileBudgets(parts, { now: Date.now(), everyMs: 0 })
    expect((await list('stored'))[0]).toMatchObject({ spentNanoUsd: 600 })
    await reconcileBudgets(parts, { now: Date.now() + 61_000, everyMs: 0 })
    expect((await list('stored'))[0]).toMatchObject({ spentNanoUsd: 1000, count: 3, state: 'exceeded' })
    expect(logged.filter((line) => line.includes('"stored"'))).toHaveLength(2)
  })

  it('is changed only by keys that may, and every change is in the log', async () => {
    const caller = { scope: 'all', actor: { keyId: null, name: 'root', address: null } } as const
    const bound = { name: 'bound', organizationId: 'acme', scopes: ['admin'] } as const
    const { secret } = await createKey(metadata, caller, bound)
    const body = { organizationId: 'acme', period: 'month', limitNanoUsd: 1000 }
    const whole = await set({ organizationId: 'acme' })
    expect(await readProblem(await put(body, secret))).toMatchObject({
      code: 'forbidden',
      detail: 'this budget was set for the whole installation',
    })
    expect(await readProblem(await put({ ...body, organizationId: 'globex' }, secret))).toMatchObject({
      code: 'forbidden',
    })
    const own = (await (await put({ ...body, userId: 'ada' }, secret)).json()) as BudgetView
    expect(own).toMatchObject({ setBy: 'organization', userId: 'ada', action: 'warn', changedBy: 'bound' })
    const remove = (id: string, key: string): Promise<Response> =>
      asked.service.ask(`/v1/budgets/${id}`, { method: 'DELETE', ...withKey(key) })
    expect((await remove(whole.id, secret)).status).toBe(403)
    expect((await remove(own.id, secret)).status).toBe(200)
    expect(await readProblem(await remove(own.id, secret))).toMatchObject({ code: 'not_found' })
    const { data } = await asked.service.json<{ data: { action: string }[] }>(`/v1/audit?subject=${own.id}`)
    expect(data.map(({ action }) => action)).toEqual(['budget.delete', 'budget.set'])
    expect(await readProblem(await put({ period: 'week', limitNanoUsd: 0.5 }))).toMatchObject({
      status: 422,
      errors: [{ path: 'period' }, { path: 'limitNanoUsd' }],
    })
    expect((await put(body, READ_KEY)).status).toBe(401)
  })
})

it('the command line sets, lists and deletes budgets', async () => {
  expect((await asked.ask('budget', 'list', '--org', 'none')).stderr).toContain('exectrail budget set 25')
  const made = await asked.ask(
    'budget',
    'set',
    '0.50',
    '--per',
    'day',
    '--org',
    'cli',
    '--agent',
    'a\u001b[2J',
  )
  expect(made.stderr).toMatch(/Budget [\w-]{36}: \$0\.50 a day for cli, agent a.*; \$0\.00 used \(0/)
  expect(made.stderr).not.toContain('\u001b[2J')
  const [budget] = await asked.askJson('budget', 'list', '--org', 'cli')
  expect(budget).toMatchObject({ limitNanoUsd: 500_000_000, action: 'warn', period: 'day' })
  expect((await asked.ask('budget', 'list', '--org', 'cli')).stdout).toMatch(/cli, agent .* day +\$0\.50/)
  await asked.ask('budget', 'delete', budget.id)
  expect(await asked.askJson('budget', 'list', '--org', 'cli')).toEqual([])
  const wrong = await asked.run(['budget', 'set', '-5', '--org', 'cli'])
  expect(wrong.exitCode).toBe(2)
})
