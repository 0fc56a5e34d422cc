import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

type Fields = Readonly<Record<string, string | Blob>>

/** What is answered to a form, or the code of its refusal. */
async function ask(
  fields: Fields,
  search: Readonly<Record<string, string>> = {},
  who: 'full' | 'read' = 'read',
): Promise<string> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.set(name, value)
    else form.set(name, value, name)
  }
  const answer = await askClickHouse(clickhouse, search, { method: 'POST', body: form, headers: keyOf(who) })
  const code = answer.headers.get('X-ClickHouse-Exception-Code')
  return code === null ? answer.text() : `${code}: ${await answer.text()}`
}

const CSV = new Blob(['1,"a"\n2,"b"\n'])

describe('an external table', () => {
  it.each([
    ['SELECT sum(n), any(s) FROM ext', '3\ta\n'],
    ['SELECT count() FROM numbers(5) WHERE number IN (SELECT n FROM ext)', '2\n'],
    ['WITH 40 AS base SELECT base + n FROM ext ORDER BY n', '41\n42\n'],
    ['SELECT a.n FROM ext AS a JOIN ext AS b ON a.n = b.n ORDER BY 1', '1\n2\n'],
    ['SELECT sum(n) FROM (SELECT n FROM ext UNION ALL SELECT n FROM ext)', '6\n'],
  ])('is there for %s', async (query, expected) => {
    const spec = { ext_format: 'CSV', ext_structure: 'n UInt32, s String' }
    expect(await ask({ ext: CSV }, { query, ...spec })).toBe(expected)
    expect(await ask({ query, ext: CSV, ...spec })).toBe(expected)
  })

  it('is gone with its statement, and another request never sees it', async () => {
    const spec = { ext_format: 'CSV', ext_structure: 'n UInt32, s String' }
    await ask({ ext: CSV }, { query: 'SELECT * FROM ext', ...spec })
    expect(await ask({ query: 'SELECT * FROM ext' })).toMatch(/^60: /u)
  })

  it('may name only types, be more than one, and be large', async () => {
    const rows = new Blob([Array.from({ length: 100_000 }, (_, n) => `${n}\tx\n`).join('')])
    const query = 'SELECT (SELECT sum(_1) FROM many), (SELECT max(n) FROM ext)'
    const search = {
      query,
      many_types: 'UInt64,String',
      ext_format: 'CSV',
      ext_structure: 'n UInt8, s String',
    }
    expect(await ask({ many: rows, ext: CSV }, search)).toBe('4999950000\t2\n')
  })

  it.each([
    "e Enum8('a' = 1, 'b' = -2)",
    'm Map(LowCardinality(String), Array(Nullable(Decimal(18, 4))))',
    "t Tuple(a UInt8, `b c` DateTime64(3, 'UTC'))",
    'j JSON(max_dynamic_paths = 8)',
    'f AggregateFunction(sum, UInt64)',
  ])('has a column of any type: %s', async (ext_structure) => {
    const query = 'SELECT count() FROM ext'
    expect(await ask({ ext: new Blob(['']) }, { query, ext_structure })).toBe('0\n')
  })

  it.each([
    "a String DEFAULT file('/etc/hostname')",
    "a String ALIAS file('/etc/hostname')",
    "a String MATERIALIZED readWKT('x')",
    "a Tuple(b String DEFAULT file('/etc/hostname'))",
    "a String, b String EPHEMERAL 'x'",
    'a String CODEC(ZSTD)',
    'a',
    '',
    'a String) SELECT 1 --',
    `a ${'Array('.repeat(2000)}`,
  ])('has names and types and nothing else: %s', async (ext_structure) => {
    const refused = await ask({ ext: CSV }, { query: 'SELECT * FROM ext', ext_format: 'CSV', ext_structure })
    expect(refused).toMatch(/^(?:36|62): /u)
  })

  it('is refused where it cannot be served', async () => {
    const spec = { ext_structure: 'n UInt32, s String' }
    const query = 'SELECT * FROM ext'
    expect(await ask({ ext: CSV }, { query, ...spec, ext_format: 'Values' })).toMatch(/^73: /u)
    expect(await ask({ ext: CSV }, { query, ...spec, ext_format: "CSV', 'x" })).toMatch(/^73: /u)
    expect(await ask({ ext: CSV }, { query })).toMatch(/^36: .*ext_structure/u)
    expect(await ask({}, { query, ...spec })).toMatch(/^36: .*no data for the external table ext/u)
    expect(await ask({ ext: CSV }, { query: 'SHOW TABLES', ...spec })).toMatch(
      /^48: .*SELECT or WITH, not SHOW/u,
    )
    expect(await ask({ ext: CSV }, { query: 'DROP TABLE code_exec_logs', ...spec }, 'full')).toMatch(/^48: /u)
  })
})
