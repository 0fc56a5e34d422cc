/** Free questions: exact numbers, errors that name their cause, and an end when the caller leaves. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApiStack } from '../support/api-stack.ts'
import type { RunningClickHouse } from '../support/clickhouse.ts'
import { waitFor } from '../support/wait.ts'
import { ADMIN_KEY, readProblem, withKey, type TestService } from '../support/service.ts'

let clickhouse: RunningClickHouse
let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  ;({ clickhouse, service, stop } = await startApiStack())
})
afterAll(() => stop())

function ask(query: string): Promise<Response> {
  return service.post('/v1/sql', { query })
}

it.each([
  ["cityHash64('a')", '2603192927274642682'],
  ['toInt64(-9223372036854775808)', '-9223372036854775808'],
  ["toUInt128('340282366920938463463374607431768211454')", '340282366920938463463374607431768211454'],
  ["toDecimal128('123456789012345678.901234567890', 12)", '123456789012345678.90123456789'],
  ["[cityHash64('a'), 1]", '[2603192927274642682,1]'],
  ["map('a', cityHash64('a'))", '{"a":2603192927274642682}'],
  [
    "tuple(cityHash64('a'), 'cityHash 2603192927274642682')",
    '[2603192927274642682,"cityHash 2603192927274642682"]',
  ],
  ['count()', '1'],
])('%s keeps its digits', async (expression, exact) => {
  const text = await (await ask(`SELECT ${expression} AS value`)).text()
  expect(text).toContain(`"data":[{"value":${exact}}]`)
})

it.each([
  [
    'SELECT groupArray(toString(number)) FROM numbers(1000000000) SETTINGS max_memory_usage = 50000000',
    '241',
    /memory/u,
  ],
  ['SELECT number FROM numbers(100001)', '396', /LIMIT/u],
])('%s is refused with its cause and what helps', async (query, code, hint) => {
  const problem = await readProblem(await ask(query))
  expect([problem.status, problem.code]).toEqual([422, 'query_refused'])
  expect(problem.detail).toContain(`(code ${code})`)
  expect(problem.hint).toMatch(hint)
  expect(await (await ask('SELECT 1 AS a')).json()).toMatchObject({ data: [{ a: 1 }] })
})

it('a question that takes too long is refused as such', async () => {
  const problem = await readProblem(
    await ask(
      'SELECT count() FROM numbers(10000000000000) WHERE sipHash64(number) = 1 SETTINGS max_execution_time = 1',
    ),
  )
  expect([problem.status, problem.code]).toEqual([422, 'query_refused'])
  expect(problem.detail).toContain('(code 159)')
  expect(problem.hint).toContain('30 s')
})

it.each([
  'SELECT 1 AS a; -- a comment',
  'SELECT 1 AS a -- a comment',
  'SELECT 1 AS a; /* x */ ;',
  'SELECT 1 AS a # x',
])('a comment may follow: %s', async (query) => {
  expect(await (await ask(query)).json()).toMatchObject({ data: [{ a: 1 }] })
})

it.each(['EXPLAIN AST SELECT 1', 'EXPLAIN SELECT 1', 'SHOW TABLES', 'DESCRIBE code_exec_logs'])(
  '%s answers rows',
  async (query) => {
    const answer = await ask(query)
    const text = await answer.text()
    expect([answer.status, text]).toEqual([200, expect.stringContaining('"data":')])
  },
)

it('three questions whose callers leave do not hold up the next', async () => {
  const heavy = 'SELECT count() FROM numbers(10000000000000) WHERE sipHash64(number) = 1'
  const leaving = new AbortController()
  const asked = Array.from({ length: 3 }, () =>
    fetch(`${service.url}/v1/sql`, {
      method: 'POST',
      headers: { ...withKey(ADMIN_KEY).headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: heavy }),
      signal: leaving.signal,
    }).catch(() => undefined),
  )
  const running = async (): Promise<boolean> => {
    const [row] = await clickhouse.store.query<{ n: string }>(
      "SELECT toString(countIf(query LIKE '%10000000000000%' AND query NOT LIKE '%processes%')) AS n FROM system.processes",
    )
    return row?.n === '3'
  }
  await waitFor(running, { what: 'three running questions' })
  leaving.abort()
  await Promise.all(asked)
  const started = performance.now()
  expect((await ask('SELECT 1')).status).toBe(200)
  // The questions would take the 30 s that each may.
  expect(performance.now() - started).toBeLessThan(15_000)
})
