import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom, record, type Arbitrary } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

const CONTENT = 'the-content-of-a-file-of-the-host'
let clickhouse: RunningClickHouse
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exectrail-policy-'))
  await writeFile(join(directory, 'secret'), CONTENT)
  clickhouse = await startClickHouse()
  await clickhouse.store.command('CREATE TABLE kept (a String, b UInt8) ENGINE = MergeTree ORDER BY a')
  await clickhouse.store.command("INSERT INTO kept SELECT 'x', 1")
})
afterAll(async () => {
  await clickhouse.stop()
  await rm(directory, { recursive: true, force: true })
})

type Who = 'full' | 'read'
type Wrap = (inner: string) => string

async function ask(who: Who, sql: string): Promise<{ code: string | null; text: string }> {
  const answer = await askClickHouse(clickhouse, {}, { method: 'POST', body: sql, headers: keyOf(who) })
  return { code: answer.headers.get('X-ClickHouse-Exception-Code'), text: await answer.text() }
}

/** Expressions of which each reaches what is closed. */
const FORBIDDEN = [
  "file('SECRET')",
  "`file`('SECRET')",
  '"file"(\'SECRET\')',
  "FILE('SECRET')",
  "`\\x66ile`('SECRET')",
  "arrayMap(file, ['SECRET'])[1]",
  "arrayMap((file AS f), ['SECRET'])[1]",
  "arrayMap(x -> file(x), ['SECRET'])[1]",
  "arrayStringConcat(arrayFilter(file, ['SECRET']))",
  "(SELECT * APPLY file FROM (SELECT 'SECRET'))",
  "(SELECT * APPLY(x -> file(x)) FROM (SELECT 'SECRET'))",
  "(SELECT any(c) FROM file('SECRET', 'LineAsString', 'c String'))",
  "(SELECT any(b) FROM values('a String, b String ALIAS file(a)', 'SECRET'))",
  "(SELECT any(b) FROM values($$a String, b String DEFAULT file('SECRET')$$, ('a', 'b')))",
  "(SELECT any(a) FROM format(Values, 'a String', $$(file('SECRET'))$$))",
  "(SELECT any(a) FROM format('JSONEachRow', 'a String DEFAULT file(1)', '{}'))",
  '(SELECT toString(count()) FROM default.`SECRET`)',
  '(SELECT toString(count()) FROM `default` . "SECRET")',
  "toString('x' IN default.`SECRET`)",
  "toString(hasColumnInTable('default', 'SECRET', 'c'))",
  "dictGetString('default.SECRET', 'a', 1)",
  "joinGet('default.SECRET', 'a', 'b')",
  "(SELECT any(name) FROM merge('default', '.*'))",
  "(SELECT any(c) FROM url('http://127.0.0.1:1/', 'CSV', 'c String'))",
  "(SELECT any(path) FROM filesystem('SECRET'))",
  "(SELECT any(a) FROM eval('SELECT 1'))",
  "(SELECT any(a) FROM kept SETTINGS additional_table_filters = {'kept': 'file(1)'})",
  'getMacro($$x$$)',
  'toString(sleep(0.001))',
]

/** Expressions around an expression. */
const NESTS: readonly Wrap[] = [
  (e) => `(${e})`,
  (e) => `toString(${e})`,
  (e) => `CAST(${e} AS Nullable(String))`,
  (e) => `${e}::String`,
  (e) => `[${e}][1]`,
  (e) => `(${e}, 1).1`,
  (e) => `map('k', ${e})['k']`,
  (e) => `if(1, ${e}, '')`,
  (e) => `(1 ? ${e} : 'x')`,
  (e) => `CASE WHEN 1 THEN ${e} ELSE 'x' END`,
  (e) => `CASE ${e} WHEN 'x' THEN 'y' END`,
  (e) => `('a' || ${e})`,
  (e) => `toString(NOT (${e} = ''))`,
  (e) => `toString(${e} IN ('a', 'b'))`,
  (e) => `toString(${e} BETWEEN 'a' AND 'b')`,
  (e) => `toString(${e} IS NULL)`,
  (e) => `arrayMap(x -> ${e}, [1])[1]`,
  (e) => `arrayFold((a, x) -> concat(a, ${e}), [1], '')`,
  (e) => `arrayJoin([${e}])`,
  (e) => `(SELECT ${e})`,
  (e) => `(SELECT ${e} AS file UNION ALL SELECT '' LIMIT 1)`,
  (e) => `(WITH ${e} AS q SELECT q)`,
  (e) => `(WITH q AS (SELECT ${e} AS c) SELECT any(c) FROM q)`,
  (e) => `(SELECT any(c) FROM (SELECT ${e} AS c) AS url)`,
  (e) => `(SELECT any(a) FROM view(SELECT ${e} AS a))`,
  (e) => `(SELECT any(a) FROM values('a String', ${e}))`,
  (e) => `/* '( */ ${e} -- '\n`,
  (e) => `\n\t${e}\n`,
  (e) => `format('{} {}', 'a', ${e})`,
  (e) => `\`upper\`(${e} AS \`a'b"c\`)`,
]

/** Questions around an expression. */
const QUESTIONS: readonly Wrap[] = [
  (e) => `SELECT ${e}`,
  (e) => `SELECT 1 AS \`FROM\`, ${e} AS \`where\` FORMAT JSON`,
  (e) => `SELECT DISTINCT ON (a) a FROM kept WHERE ${e} = 'x'`,
  (e) => `SELECT a FROM kept PREWHERE a = ${e}`,
  (e) => `SELECT count() FROM kept GROUP BY ${e} HAVING ${e} != ''`,
  (e) => `SELECT a FROM kept ORDER BY ${e} DESC LIMIT 1 BY ${e} LIMIT 1`,
  (e) => `SELECT k.a FROM kept AS k LEFT JOIN kept AS l ON k.a = l.a AND ${e} = ''`,
  (e) => `SELECT sum(b) OVER (PARTITION BY ${e} ORDER BY a) FROM kept`,
  (e) => `SELECT sumIf(b, ${e} = '') FROM kept QUALIFY 1`,
  (e) => `SELECT * REPLACE (${e} AS a) FROM kept`,
  (e) => `SELECT a FROM kept ARRAY JOIN [${e}] AS j`,
  (e) => `FROM kept SELECT ${e} SETTINGS max_threads = 1`,
  (e) => `WITH ${e} AS q SELECT q UNION ALL SELECT 'y'`,
  (e) => `(SELECT ${e}) EXCEPT (SELECT 'y')`,
  (e) => `EXPLAIN SELECT ${e}`,
  (e) => `EXPLAIN AST SELECT ${e}`,
  (e) => `SELECT * FROM (EXPLAIN SYNTAX SELECT ${e})`,
  (e) => `DESCRIBE (SELECT ${e} AS c)`,
  (e) => `SELECT ${e}; -- the end`,
]

/** Definitions and changes around an expression. */
const WRITES: readonly Wrap[] = [
  (e) => `INSERT INTO kept SELECT ${e}, 1`,
  (e) => `CREATE VIEW made AS SELECT ${e} AS c`,
  (e) => `CREATE OR REPLACE VIEW made AS SELECT ${e} AS c`,
  (e) => `CREATE MATERIALIZED VIEW made ENGINE = Memory AS SELECT ${e} AS c FROM kept`,
  (e) => `CREATE TABLE made ENGINE = Memory AS SELECT ${e} AS c`,
  (e) => `CREATE TABLE made (a String, c String DEFAULT ${e}) ENGINE = Memory`,
  (e) => `CREATE TABLE made (a String, c String ALIAS ${e}) ENGINE = Memory`,
  (e) => `CREATE TABLE made (a String, c String MATERIALIZED ${e}) ENGINE = Memory`,
  (e) => `CREATE TABLE made (a String, c String EPHEMERAL ${e}) ENGINE = Memory`,
  (e) => `CREATE TABLE made (a String, CONSTRAINT c CHECK ${e} = '') ENGINE = Memory`,
  (e) => `CREATE TABLE made (a String, INDEX i (${e}) TYPE minmax) ENGINE = MergeTree ORDER BY a`,
  (e) => `CREATE TABLE made (a String, PROJECTION p (SELECT ${e} ORDER BY a)) ENGINE = MergeTree ORDER BY a`,
  (e) => `CREATE TABLE made (a String) ENGINE = MergeTree ORDER BY (a, ${e})`,
  (e) => `CREATE TABLE made (a String) ENGINE = MergeTree PARTITION BY ${e} ORDER BY a`,
  (e) => `CREATE TABLE made (a String) ENGINE = MergeTree ORDER BY a TTL toDateTime(${e}) DELETE WHERE 1`,
  (e) => `ALTER TABLE kept ADD COLUMN c String DEFAULT ${e}`,
  (e) => `ALTER TABLE kept MODIFY TTL toDateTime(${e})`,
  (e) => `ALTER TABLE kept UPDATE b = length(${e}) WHERE 1`,
  (e) => `ALTER TABLE kept DELETE WHERE a = ${e}`,
  (e) => `DELETE FROM kept WHERE a = ${e}`,
]

function nested(leaves: readonly string[], statements: readonly Wrap[]): Arbitrary<string> {
  return record({
    leaf: constantFrom(...leaves),
    nests: array(constantFrom(...NESTS), { maxLength: 5 }),
    statement: constantFrom(...statements),
  }).map(({ leaf, nests, statement }) =>
    statement(
      nests.reduce((inner, nest) => nest(inner), leaf.replaceAll('SECRET', join(directory, 'secret'))),
    ),
  )
}

/** Codes 497 and 452 are our own: no statement here is refused for its syntax. */
async function expectRefusal(who: Who, sql: string): Promise<void> {
  const { code, text } = await ask(who, sql)
  expect(text).not.toContain(CONTENT)
  expect([who, sql, ['497', '452'].includes(code ?? '') ? 'refused' : `${code}: ${text}`]).toEqual([
    who,
    sql,
    'refused',
  ])
}

describe('what is forbidden', () => {
  it.each(FORBIDDEN)('is refused by itself, and not for its syntax: %s', async (leaf) => {
    const { code } = await ask('full', `SELECT ${leaf.replaceAll('SECRET', join(directory, 'secret'))}`)
    expect(code).toMatch(/^(?:497|452)$/u)
  })

  it('is refused in every question, whoever asks', async () => {
    const questions = nested(FORBIDDEN, QUESTIONS)
    await assert(
      asyncProperty(questions, constantFrom<Who>('full', 'read'), async (sql, who) =>
        expectRefusal(who, sql),
      ),
      { numRuns: 500 },
    )
  })

  it('is refused in every definition and change', async () => {
    await assert(
      asyncProperty(nested(FORBIDDEN, WRITES), async (sql) => expectRefusal('full', sql)),
      { numRuns: 300 },
    )
    expect((await ask('full', 'EXISTS TABLE made')).text).toBe('0\n')
  })
})

describe('what is harmless', () => {
  const HARMLESS = [
    "'file(''SECRET'')'",
    "$$file('x')$$",
    "'default.`/etc/passwd`'",
    "'a String ALIAS file(a)'",
    "upper('a')",
    "(SELECT any(file) FROM (SELECT 'x' AS file) AS s3)",
    '(SELECT any(url.a) FROM kept AS url)',
    '(SELECT any(values) FROM (SELECT a AS `values` FROM kept))',
    "arrayMap(upper, ['a'])[1]",
    "arrayStringConcat(arraySort(x -> -length(x), ['a', 'bb']))",
    "(SELECT * APPLY upper FROM (SELECT 'a'))",
    "replaceRegexpAll('a', 'b', 'INTO OUTFILE')",
  ]

  it.each(HARMLESS)('passes by itself: %s', async (leaf) => {
    expect(await ask('read', `SELECT ${leaf}`)).toMatchObject({ code: null })
  })

  it('passes in every expression and is never taken for an attack', async () => {
    await assert(
      asyncProperty(nested(HARMLESS, QUESTIONS), async (sql) => {
        const { code, text } = await ask('read', sql)
        // What an expression means in its place is the engine's to say; what we refuse has these codes.
        expect([sql, ['497', '452', '115'].includes(code ?? '') ? text : '']).toEqual([sql, ''])
      }),
      { numRuns: 400 },
    )
  })
})
