import { afterAll, beforeAll, expect, it } from 'vitest'
import { environmentFor } from '../support/command-line.ts'
import { overHttp, overStdio } from '../support/mcp.ts'
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

it('stdio without a service says how to start one', async () => {
  const lost = await overStdio(environmentFor('/nonexistent'), 'auto')
  const { isError, text } = await lost.attempt('get_stats')
  expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('exectrail up') })
  await lost.close()
})
