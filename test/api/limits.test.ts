/** What a request may be and take: the name it calls, the size it has, the time and memory of its question. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namesOf } from '../../src/api/hosts.ts'
import { askingQuestion } from '../../src/store/question.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { sendRaw } from '../support/raw-http.ts'
import { ADMIN_KEY, readProblem } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

let stack: ApiStack
beforeAll(async () => {
  stack = await startApiStack()
})
afterAll(() => stack.stop())

async function statusFor(host: string, path = '/healthz', more = ''): Promise<string> {
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n${more}\r\n`
  return (await sendRaw(stack.service.url, request)).text.split('\r\n')[0] ?? ''
}

/** The problem in the reply to a request that does not reach the app. */
async function brokenProblem(request: string): Promise<unknown> {
  const [head = '', body = ''] = (await sendRaw(stack.service.url, request)).text.split('\r\n\r\n')
  const problem: { status: number; requestId: string } = JSON.parse(body)
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${problem.status} `, 'u'))
  expect(head).toContain('Content-Type: application/problem+json')
  expect(head).toContain(`X-Request-Id: ${problem.requestId}`)
  return problem
}

describe('the name that a request calls', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:7070',
    'localhost',
    'LOCALHOST:1',
    '[::1]:80',
    'exectrail.example',
    'Exectrail.Example:443',
  ])('%s is served', async (host) => {
    expect(await statusFor(host)).toContain(' 200 ')
  })

  it.each([
    'evil.example',
    'evil.example:7070',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'exectrail.example.evil',
    'a@127.0.0.1',
    'localhost:x',
  ])('%s is refused on every path', async (host) => {
    for (const path of ['/healthz', '/', '/v1/executions', '/openapi.json', '/mcp'])
      expect(await statusFor(host, path)).toMatch(/ (?:421|400) /u)
  })

  it('is not checked where the service listens beyond loopback, unless names are given', () => {
    expect(namesOf({ host: '0.0.0.0', allowedHosts: [] })).toBeNull()
    expect(namesOf({ host: '0.0.0.0', allowedHosts: ['a.example'] })?.has('a.example')).toBe(true)
    expect(namesOf({ host: '::1', allowedHosts: [] })?.has('[::1]')).toBe(true)
  })
})

describe('a request', () => {
  it('that runs no code has a body of at most a mebibyte', async () => {
    const problem = await readProblem(await stack.service.post('/v1/sql', { query: 'x'.repeat(2_000_000) }))
    expect([problem.status, problem.detail]).toEqual([413, expect.stringContaining('1048576')])
  })

  it('has no larger one either where it does not say how long it is', async () => {
    const body = ReadableStream.from([Buffer.alloc(600_000, ' '), Buffer.alloc(600_000, ' ')])
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' }
    const asked = { method: 'POST', headers, body, duplex: 'half' as const }
    expect((await readProblem(await fetch(`${stack.service.url}/v1/sql`, asked))).status).toBe(413)
  })

  it('with headers that are too long is refused', async () => {
    const request = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`
    expect(await brokenProblem(request)).toMatchObject({ status: 431, code: 'headers_too_large' })
  })

  it('that is not HTTP is refused', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nno header\r\n\r\n'
    expect(await brokenProblem(request)).toMatchObject({ status: 400, code: 'malformed_request' })
  })
})

const HEAVY = 'SELECT count() AS n FROM numbers(3999999999) WHERE sipHash64(toString(number)) = 1'

describe('a question', () => {
  it('ends when its client goes', async () => {
    const leaving = new AbortController()
    const asked = askingQuestion(
      () => leaving.signal,
      () => stack.clickhouse.store.query(HEAVY).catch((error: unknown) => error),
    )
    const running = async (): Promise<number> => {
      const [row] = await stack.clickhouse.store.query<{ n: number }>(
        "SELECT toUInt32(countIf(query LIKE '%3999999999%' AND query NOT LIKE '%processes%')) AS n FROM system.processes",
      )
      return row?.n ?? -1
    }
    await waitFor(async () => (await running()) === 1, { what: 'the statement runs' })
    leaving.abort()
    expect(await asked).toMatchObject({ code: 'query_refused' })
    await waitFor(async () => (await running()) === 0, { what: 'the statement has ended' })
  })

  it('that needs too much memory is refused with what to narrow', async () => {
    const asked = askingQuestion(
      () => new AbortController().signal,
      () => stack.clickhouse.store.query('SELECT uniqExact(number) FROM numbers(4000000001)'),
    )
    await expect(asked).rejects.toMatchObject({
      code: 'query_refused',
      status: 422,
      message: expect.stringMatching(/too many rows|too much memory/u),
      hint: expect.stringContaining('narrow the window'),
    })
  })

  it('of the service itself has no signal', async () => {
    expect(await stack.clickhouse.store.query('SELECT 1 AS a')).toEqual([{ a: 1 }])
  })
})
