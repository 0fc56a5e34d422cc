/** An answer holds what its own statement says, whatever failed, was cut or was cancelled before it. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let formats: readonly string[]
beforeAll(async () => {
  clickhouse = await startClickHouse()
  // The mark between Avro's blocks changes each second.
  const query = "SELECT name FROM system.formats WHERE is_output AND name != 'Avro'"
  formats = (await (await ask({ query })).text()).trim().split('\n')
})
afterAll(() => clickhouse.stop())

const USERS = ['full', 'caller', 'read'] as const
type Key = (typeof USERS)[number]

/** Elapsed times would differ from one answer to the next. */
const STEADY = { output_format_write_statistics: '0' }

function ask(
  search: Record<string, string>,
  init: { user?: Key; signal?: AbortSignal; keepAlive?: boolean } = {},
): Promise<Response> {
  const { keepAlive = true, signal, user = 'full' } = init
  const headers = { ...keyOf(user), ...(keepAlive ? {} : { Connection: 'close' }) }
  const options = signal === undefined ? { headers } : { headers, signal }
  return askClickHouse(clickhouse, { ...STEADY, ...search }, { method: 'POST', ...options })
}

const SECRET = "SELECT number, 'SECRET' AS secret FROM numbers(300000)"
/** What goes wrong in each way. */
const FAILURES: Readonly<Record<string, Record<string, string>>> = {
  'fails after it began to print': { query: `${SECRET} WHERE NOT throwIf(number = 299999)` },
  'fails at once': { query: "SELECT toUInt8('SECRET')" },
  'is no SQL': { query: "SELECT 'SECRET" },
  'has too many rows': { query: SECRET, max_result_rows: '70000' },
  'is too large': { query: SECRET, max_result_bytes: '200000' },
  'reads too much': { query: SECRET, max_rows_to_read: '70000' },
  'takes too long': {
    query: "SELECT number, 'SECRET' FROM numbers(100000000000)",
    max_execution_time: '0.05',
    max_result_rows: '0',
  },
  'takes too much memory': {
    query: "SELECT groupArray(toString(number) || 'SECRET') FROM numbers(10000000)",
    max_memory_usage: '5000000',
  },
  'names no database': { query: 'SELECT 1', database: 'missing' },
  'has a bad setting': { query: 'SELECT 1', max_block_size: 'SECRET' },
  'has a bad parameter': { query: 'SELECT {a:UInt8}', param_a: 'SECRET' },
}
const LEFT = "SELECT number, 'SECRET' FROM numbers(100000000000) WHERE sipHash64(number) % 3 = 1"

const GOOD = [
  "SELECT number, 'good' AS word FROM numbers(3)",
  'SELECT 1 AS a',
  'SELECT number, toString(number) AS text FROM numbers(70000) WHERE number % 7 = 1 ORDER BY number',
]

async function whole(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

/** A client that takes the first bytes, or none, and leaves. */
async function leave(format: string, user: Key): Promise<void> {
  const leaving = new AbortController()
  setTimeout(() => leaving.abort(), 60)
  await ask({ query: LEFT, default_format: format }, { user, signal: leaving.signal, keepAlive: false })
    .then((answer) => answer.body?.getReader().read())
    .catch(() => undefined)
  leaving.abort()
}

it('answers are complete and their own after failed statements in any format', async () => {
  const good = async (query: string, format: string, user: Key): Promise<Buffer | null> => {
    const answer = await ask({ query, default_format: format }, { user })
    const bytes = await whole(answer)
    return answer.status === 200 ? bytes : null
  }
  const expected = new Map<string, Buffer>()
  for (const query of GOOD)
    for (const format of formats) {
      const first = await good(query, format, 'full')
      // Some formats take other columns, and some put a random mark into each answer.
      if (first !== null && (await good(query, format, 'full'))?.equals(first) === true)
        expected.set(`${format} ${query}`, first)
    }
  expect(expected.size).toBeGreaterThan(120)
  const format = fc.constantFrom(...formats)
  const user = fc.constantFrom(...USERS)
  const badly = fc.constantFrom(...Object.keys(FAILURES), 'is left')
  const step = fc.record({ badly, format, user, good: fc.constantFrom(...expected.keys()) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
      await Promise.all(
        steps.map(async (one) => {
          const failing = FAILURES[one.badly]
          if (failing === undefined) await leave(one.format, one.user)
          else
            await whole(await ask({ ...failing, default_format: one.format }, { user: one.user })).catch(
              () => null,
            )
          const [goodFormat = '', query = ''] = one.good.split(/ (?<query>.*)/u)
          const answer = await good(query, goodFormat, one.user)
          const right = expected.get(one.good)
          expect(
            answer?.equals(right ?? Buffer.alloc(0)),
            `${one.good} after one in ${one.format} that ${one.badly}`,
          ).toBe(true)
        }),
      )
    }),
    { numRuns: 20, endOnFailure: true },
  )
})

it.each(['CSVWithNames', 'JSON', 'Pretty', 'Parquet', 'TabSeparated', 'Native', 'XML'])(
  'nothing of a failed answer in %s comes out in any of the next',
  async (format) => {
    for (const user of USERS) {
      for (const search of Object.values(FAILURES))
        await whole(await ask({ ...search, default_format: format }, { user })).catch(() => null)
      const next = Array.from({ length: 8 }, async () => {
        const answer = await ask({ query: 'SELECT 1 AS a' }, { user, keepAlive: false })
        return [answer.status, await answer.text()]
      })
      for (const answer of await Promise.all(next)) expect(answer).toEqual([200, '1\n'])
    }
  },
)

it('a statement that fails late answers only with its error', async () => {
  const query = `SELECT throwIf(number = 290000, 'broken') AS n, hex(toString(number) || 'some text of a row of a large answer') AS text FROM numbers(300000)`
  const answer = await ask({ query, default_format: 'CSV', max_threads: '1' })
  expect(answer.status).toBe(500)
  expect(await answer.text()).toMatch(/^Code: 395\. DB::Exception: .*broken/u)
})
