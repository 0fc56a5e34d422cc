import { afterAll, beforeAll, expect, it } from 'vitest'
import { environmentFor } from '../support/command-line.ts'
import { overHttp, overStdio } from '../support/mcp.ts'
import { waitFor } from '../support/wait.ts'
import { ADMIN_KEY, readProblem, startOfflineService, withKey, type TestService } from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startOfflineService()
})
afterAll(() => service.close())

it('/mcp needs a key', async () => {
  await expect(overHttp(service.url, 'no key', 'auto')).rejects.toThrow(/401/)
})

it('/mcp is not served to pages of other origins', async () => {
  const json = { 'Content-Type': 'application/json' }
  const headers = { ...withKey(ADMIN_KEY).headers, ...json, Origin: 'http://evil.example' }
  const problem = await readProblem(await service.ask('/mcp', { method: 'POST', headers, body: '{}' }))
  expect(problem).toMatchObject({ status: 403, code: 'forbidden' })
})

it('a store that is away is a tool error', async () => {
  const session = await overHttp(service.url, ADMIN_KEY, 'auto')
  const { isError, text } = await session.attempt('get_stats')
  expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('Try again in') })
  await session.close()
})

it('the runtimes need no store', async () => {
  const session = await overHttp(service.url, ADMIN_KEY, 'auto')
  const { runtimes } = await session.call('list_runtimes')
  expect(runtimes).toContainEqual(expect.objectContaining({ name: 'subprocess', ready: true }))
  await session.close()
})

it.each([
  ['gives up', 'auto'],
  ['goes', 'auto'],
  ['goes', 'legacy'],
] as const)('a caller that %s ends its run, in the protocol %s', async (what, era) => {
  const session = await overHttp(service.url, ADMIN_KEY, era)
  const running = async (): Promise<number> => {
    const metrics = await (await service.ask('/metrics')).text()
    return Number(/^exectrail_executions_running (?<count>\d+)/mu.exec(metrics)?.groups?.['count'])
  }
  const giveUp = new AbortController()
  const call = session.attempt('run_code', { language: 'bash', code: 'sleep 50' }, { signal: giveUp.signal })
  call.catch(() => undefined)
  await waitFor(async () => (await running()) === 1, { what: 'the run' })
  if (what === 'gives up') giveUp.abort()
  else await session.close()
  await expect(call).rejects.toThrow(/./)
  await waitFor(async () => (await running()) === 0, { what: 'its end' })
  await session.close()
})

it("a run belongs to the caller's trace", async () => {
  const session = await overHttp(service.url, ADMIN_KEY, 'auto')
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const meta = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }
  const { data } = await session.attempt('run_code', { language: 'bash', code: ':' }, { meta })
  expect(data).toMatchObject({ outcome: 'success', execution: { traceId } })
  await session.close()
})

it.each([
  ['search_executions', { since: 'yesterday' }, /since: yesterday is not a span; write one such as 90s/],
  ['search_executions', { where: ['colour=red'] }, /colour is not a field to filter by; fields are: /],
  ['search_executions', { colour: 'red' }, /colour/],
  ['get_differences', { beforeSince: '1d' }, /give since or from as well/],
  ['get_agent_stats', { codeAgentId: '..' }, /filter by it instead/],
  ['run_code', { language: 'cobol', code: '1' }, /language/],
])('%s with %j is an error that says what to do', async (name, args, message) => {
  const session = await overHttp(service.url, ADMIN_KEY, 'legacy')
  const { isError, text } = await session.attempt(name, args)
  await session.close()
  expect(isError).toBe(true)
  expect(text).toMatch(message)
})

it('stdio without a service says how to start one', async () => {
  const lost = await overStdio(environmentFor('/nonexistent'), 'auto')
  const { isError, text } = await lost.attempt('get_stats')
  expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('exectrail up') })
  await lost.close()
})
