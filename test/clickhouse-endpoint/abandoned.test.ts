/** A statement ends within a second of its client leaving or of a KILL, and callers do not hold up the stack itself. */
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

type Key = 'full' | 'read' | 'caller'
/** None of them ends within a test. */
const HEAVY = [
  'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1',
  'SELECT uniqExact(number % 1000) FROM numbers(1000000000000)',
  'SELECT max(a.number * b.number) FROM numbers(1000000) AS a CROSS JOIN numbers(1000000) AS b',
  'SELECT number FROM numbers(1000000000000) WHERE sipHash64(number) = 1',
]

function ask(search: Record<string, string>, user: Key = 'full', signal?: AbortSignal): Promise<Response> {
  const headers = { ...keyOf(user), Connection: 'close' }
  return askClickHouse(clickhouse, search, { method: 'POST', headers, ...(signal && { signal }) })
}

async function running(): Promise<number> {
  const query = 'SELECT count() - 1 FROM system.processes'
  return Number(await (await ask({ query })).text())
}

async function until(condition: () => Promise<boolean>, withinMs: number): Promise<number> {
  const started = performance.now()
  while (!(await condition())) {
    if (performance.now() - started > withinMs) throw new Error(`not within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - started
}

/** Statements begun at once, and the way to leave them all. */
async function begin(user: Key, count: number): Promise<() => Promise<void>> {
  const leaving = new AbortController()
  const asked = Array.from({ length: count }, (_, n) =>
    ask({ query: HEAVY[n % HEAVY.length] ?? '' }, user, leaving.signal).catch(() => undefined),
  )
  await until(async () => (await running()) > 0, 5_000)
  return async () => {
    leaving.abort()
    await Promise.all(asked)
  }
}

it.each(['read', 'caller', 'full'] as const)(
  'statements of %s whose client leaves end within a second, those that wait too',
  async (user) => {
    const leave = await begin(user, 5)
    await leave()
    expect(await until(async () => (await running()) === 0, 5_000)).toBeLessThan(1_500)
    const started = performance.now()
    expect(await (await ask({ query: 'SELECT 1' }, user)).text()).toBe('1\n')
    expect(performance.now() - started).toBeLessThan(1_000)
  },
)

it('heavy questions of callers with every right hold up neither reads of the stack nor its inserts', async () => {
  await ask({ query: 'CREATE TABLE kept (n UInt32) ENGINE = MergeTree ORDER BY n' })
  const leave = await begin('caller', 6)
  const started = performance.now()
  expect(await (await ask({ query: 'SELECT 1 + 1' })).text()).toBe('2\n')
  expect((await ask({ query: 'INSERT INTO kept VALUES (1)' })).status).toBe(200)
  expect(performance.now() - started).toBeLessThan(3_000)
  await leave()
})

it.each(['', ' ASYNC', ' SYNC'])(
  'KILL QUERY%s ends a statement of the same user, and only that',
  async (mode) => {
    const queryId = `one${mode.trim()}`
    const killed = ask({ query: HEAVY[0] ?? '', query_id: queryId }, 'read')
    await until(async () => (await running()) > 0, 5_000)
    const kill = `KILL QUERY WHERE query_id = '${queryId}'${mode}`
    expect(await (await ask({ query: kill }, 'caller')).text()).toBe('')
    expect(await running()).toBe(1)
    const answer = await ask({ query: kill }, 'read')
    expect(answer.status).toBe(200)
    const status = mode === ' SYNC' ? 'finished' : 'waiting'
    expect(await answer.text()).toBe(`${status}\t${queryId}\treader\t${HEAVY[0] ?? ''}\n`)
    expect(await (await killed).text()).toMatch(/^Code: 394\. DB::Exception: .*QUERY_WAS_CANCELLED/u)
    await until(async () => (await running()) === 0, 1_000)
  },
)

it('a client that leaves does not undo an insert whose rows have come', async () => {
  await ask({ query: 'CREATE TABLE whole (n UInt64) ENGINE = MergeTree ORDER BY n' })
  const leaving = new AbortController()
  const query = 'INSERT INTO whole SELECT number FROM numbers(20000000)'
  const asked = ask({ query }, 'caller', leaving.signal).catch(() => undefined)
  await until(async () => (await running()) > 0, 5_000)
  leaving.abort()
  await asked
  await until(async () => (await running()) === 0, 20_000)
  expect(await (await ask({ query: 'SELECT count() FROM whole' })).text()).toBe('20000000\n')
})

it('a statement whose analysis is long, or is one long call of a function, delays no other', async () => {
  const long = [
    'SELECT (SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1) FORMAT TSV',
    "SELECT editDistance(repeat('a', 30000), repeat('b', 30000)) FORMAT JSONEachRow",
  ].map((query) => ask({ query, max_execution_time: '2' }, 'read'))
  const started = performance.now()
  await until(async () => (await running()) === long.length, 2_000)
  for (let n = 0; n < 5; n += 1) expect(await (await ask({ query: 'SELECT 1' })).text()).toBe('1\n')
  expect(await running()).toBeGreaterThan(0)
  expect(performance.now() - started).toBeLessThan(2_000)
  const statuses = (await Promise.all(long)).map(({ status }) => status)
  expect(statuses[0]).toBe(408)
})

it('clients that take nothing of large answers hold up no others', async () => {
  const query = "SELECT number, repeat('x', 100) FROM numbers(500000)"
  const asked = await Promise.all(Array.from({ length: 5 }, () => ask({ query }, 'read')))
  const started = performance.now()
  expect(await (await ask({ query: 'SELECT 1' }, 'read')).text()).toBe('1\n')
  expect(performance.now() - started).toBeLessThan(2_000)
  for (const answer of asked) await answer.body?.cancel()
})

it('clients that take large answers slowly make place for others', async () => {
  const query = "SELECT number, repeat('x', 100) FROM numbers(500000)"
  const slow = await Promise.all(Array.from({ length: 32 }, () => ask({ query }, 'read')))
  const readers = slow.map((answer) => answer.body?.getReader())
  const trickle = setInterval(
    () => readers.forEach((reader) => void reader?.read().catch(() => undefined)),
    200,
  )
  const started = performance.now()
  expect(await (await ask({ query: 'SELECT 1' }, 'read')).text()).toBe('1\n')
  expect(performance.now() - started).toBeLessThan(5_000)
  clearInterval(trickle)
  for (const reader of readers) await reader?.cancel().catch(() => undefined)
})

it('a query_id that runs already is refused, as by ClickHouse', async () => {
  const leaving = new AbortController()
  const first = ask({ query: HEAVY[0] ?? '', query_id: 'twin' }, 'read', leaving.signal).catch(
    () => undefined,
  )
  await until(async () => (await running()) > 0, 5_000)
  const second = await ask({ query: 'SELECT 1', query_id: 'twin' }, 'read')
  expect(await second.text()).toMatch(/^Code: 216\..*QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING/u)
  leaving.abort()
  await first
})

it('statements that cannot be interrupted are given up, and too many of them start the store anew', async () => {
  const query = "SELECT editDistance(materialize(repeat('a', 60000)), repeat('b', 60000)) FROM numbers(20)"
  const askLong = (): Promise<number>[] =>
    Array.from({ length: 3 }, () =>
      ask({ query, max_execution_time: '1' }, 'read').then(
        ({ status }) => status,
        () => 0,
      ),
    )
  const ended = once(clickhouse.process, 'exit')
  expect(await Promise.all(askLong())).toEqual([408, 408, 408])
  expect(await (await ask({ query: 'SELECT 1' }, 'read')).text()).toBe('1\n')
  await Promise.all(askLong())
  expect(await ended).toEqual([null, 'SIGKILL'])
}, 60_000)
