/** Calls that are not of the protocol's form are answered with what to send. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { overHttp, overStdio } from '../support/mcp.ts'
import { environmentFor } from '../support/command-line.ts'
import { ADMIN_KEY, startOfflineService, withKey, type TestService } from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startOfflineService()
})
afterAll(() => service.close())

const HEADERS = {
  ...withKey(ADMIN_KEY).headers,
  'Content-Type': 'application/json',
  Accept: 'application/json, text/event-stream',
}
const post = (body: string): Promise<Response> =>
  service.ask('/mcp', { method: 'POST', headers: HEADERS, body })
const call = async (params: object): Promise<string> =>
  (await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }))).text()

it.each([null, [], 'x', 1])('arguments of %j', async (given) => {
  const text = await call({ name: 'list_runtimes', arguments: given })
  expect(text).toContain('The arguments of list_runtimes are not an object. Fix: ')
  expect(text).toContain('"isError":true')
})

it.each([{}, { name: null }, { name: ['list_runtimes'] }])('a call of %j', async (params) => {
  expect(await call(params)).toContain('Fix: send the name of a tool as tools/list has it.')
})

it('a call without arguments', async () => {
  expect(await call({ name: 'list_runtimes' })).toContain('subprocess')
})

it.each([
  ['{"jsonrpc":', -32_700, 'not JSON'],
  ['', -32_700, 'not JSON'],
  ['{}', -32_600, 'JSON-RPC 2.0'],
  ['null', -32_600, 'JSON-RPC 2.0'],
  ['[]', -32_600, 'list of 1 to 100'],
  ['{"jsonrpc":"1.0","id":1,"method":"tools/list"}', -32_600, 'JSON-RPC 2.0'],
])('a body of %j', async (body, code, what) => {
  const response = await post(body)
  const { error, jsonrpc } = JSON.parse(await response.text())
  expect({ status: response.status, jsonrpc }).toEqual({ status: 400, jsonrpc: '2.0' })
  expect(error).toMatchObject({ code, message: expect.stringContaining(what) })
  expect(await post(/(?<=such as ).*/u.exec(error.message)?.[0] ?? '')).toMatchObject({ status: 200 })
})

it.each(['legacy', 'auto'] as const)('over either transport, in the protocol %s', async (era) => {
  for (const open of [
    overHttp(service.url, ADMIN_KEY, era),
    overStdio(environmentFor('/nonexistent'), era),
  ]) {
    const session = await open
    const { isError, text } = await session.attempt('list_runtimes', JSON.parse('[]'))
    expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('not an object') })
    await session.close()
  }
})
