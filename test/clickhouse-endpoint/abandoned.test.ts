/** A statement ends soon after its client leaves or a KILL, and callers do not hold up the stack itself. */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { waitFor } from '../support/wait.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

type Key = 'full' | 'read' | 'caller'
/** None of them ends by itself before its time limit of 30 s or more. */
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

const isRunning = async (): Promise<boolean> => (await running()) > 0
const isIdle = async (): Promise<boolean> => (await running()) === 0

/** Rejects where `work` takes half the time limit of the statements that run on. */
async function soon<T>(work: Promise<T>): Promise<T> {
  const late = new AbortController()
  const pastHalf = pause(15_000, 'late' as const, { signal: late.signal })
  pastHalf.catch(() => undefined)
  const first = await Promise.race([work, pastHalf])
  late.abort()
  if (first === 'late') throw new Error('held up by abandoned statements')
  return first
}

/** Statements begun at once, and the way to leave them all. */
async function begin(user: Key, count: number): Promise<() => Promise<void>> {
  const leaving = new AbortController()
  const asked = Array.from({ length: count }, (_, n) =>
    ask({ query: HEAVY[n % HEAVY.length] ?? '' }, user, leaving.signal).catch(() => undefined),
  )
  await waitFor(isRunning, { what: 'a statement to run' })
  return async () => {
    leaving.abort()
    await Promise.all(asked)
  }
}

it.each(['read', 'caller', 'full'] as const)(
  'statements of %s whose client leaves end soon, those that wait too',
  async (user) => {
    const leave = await begin(user, 5)
    await leave()
    await soon(waitFor(isIdle, { what: 'their end' }))
    expect(await (await soon(ask({ query: 'SELECT 1' }, user))).text()).toBe('1\n')
  },
)

it('heavy questions of callers with every right hold up neither reads of the stack nor its inserts', async () => {
  await ask({ query: 'CREATE TABLE kept (n UInt32) ENGINE = MergeTree ORDER BY n' })
  const leave = await begin('caller', 6)
  expect(await (await soon(ask({ query: 'SELECT 1 + 1' }))).text()).toBe('2\n')
  expect((await soon(ask({ query: 'INSERT INTO kept VALUES (1)' }))).status).toBe(200)
  expect(await running()).toBeGreaterThan(0)
  await leave()
})

it.each(['', ' ASYNC', ' SYNC'])(
  'KILL QUERY%s ends a statement of the same user, and only that',
  async (mode) => {
    const queryId = `one${mode.trim()}`
    const killed = ask({ query: HEAVY[0] ?? '', query_id: queryId }, 'read')
    await waitFor(isRunning, { what: 'the statement' })
    const kill = `KILL QUERY WHERE query_id = '${queryId}'${mode}`
    expect(await (await ask({ query: kill }, 'caller')).text()).toBe('')
    expect(await running()).toBe(1)
    const answer = await ask({ query: kill }, 'read')
    expect(answer.status).toBe(200)
    const status = mode === ' SYNC' ? 'finished' : 'waiting'
    expect(await answer.text()).toBe(`${status}\t${queryId}\treader\t${HEAVY[0] ?? ''}\n`)
    expect(await (await killed).text()).toMatch(/^Code: 394\. DB::Exception: .*QUERY_WAS_CANCELLED/u)
    await soon(waitFor(isIdle, { what: 'its end' }))
  },
)

it('a client that leaves does not undo an insert whose rows have come', async () => {
  await ask({ query: 'CREATE TABLE whole (n UInt64) ENGINE = MergeTree ORDER BY n' })
  const leaving = new AbortController()
  const query = 'INSERT INTO whole SELECT number FROM numbers(20000000)'
  const asked = ask({ query }, 'caller', leaving.signal).catch(() => undefined)
  await waitFor(isRunning, { what: 'the insert' })
  leaving.abort()
  await asked
  await waitFor(isIdle, { what: 'its end' })
  expect(await (await ask({ query: 'SELECT count() FROM whole' })).text()).toBe('20000000\n')
})

it('a statement whose analysis is long, or is one long call of a function, delays no other', async () => {
  const long = [
    'SELECT (SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1) FORMAT TSV',
    "SELECT editDistance(repeat('a', 30000), repeat('b', 30000)) FORMAT JSONEachRow",
  ].map((query) => ask({ query, max_execution_time: '4' }, 'read'))
  await waitFor(async () => (await running()) === long.length, { what: 'both to run' })
  for (let n = 0; n < 5; n += 1) expect(await (await ask({ query: 'SELECT 1' })).text()).toBe('1\n')
  expect(await running()).toBeGreaterThan(0)
  const statuses = (await Promise.all(long)).map(({ status }) => status)
  expect(statuses[0]).toBe(408)
})

it('clients that take nothing of large answers hold up no others', async () => {
  const query = "SELECT number, repeat('x', 100) FROM numbers(500000)"
  const asked = await Promise.all(Array.from({ length: 5 }, () => ask({ query }, 'read')))
  expect(await (await soon(ask({ query: 'SELECT 1' }, 'read'))).text()).toBe('1\n')
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
  expect(await (await soon(ask({ query: 'SELECT 1' }, 'read'))).text()).toBe('1\n')
  clearInterval(trickle)
  for (const reader of readers) await reader?.cancel().catch(() => undefined)
})

it('a query_id that runs already is refused, as by ClickHouse', async () => {
  const leaving = new AbortController()
  const first = ask({ query: HEAVY[0] ?? '', query_id: 'twin' }, 'read', leaving.signal).catch(
    () => undefined,
  )
  await waitFor(isRunning, { what: 'the first' })
  const second = await ask({ query: 'SELECT 1', query_id: 'twin' }, 'read')
  expect(await second.text()).toMatch(/^Code: 216\..*QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING/u)
  leaving.abort()
  await first
})

it('statements that cannot be interrupted are given up, and too many of them restart the store', async () => {
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
})
