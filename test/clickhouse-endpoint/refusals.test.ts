import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { COMMANDS } from './attack-definitions.ts'
import { PIECES } from './attack-pieces.ts'
import { ATTACKS } from './attacks.ts'
import { QUESTIONS, WRITES_AND_STRANGERS } from './questions.ts'

const SECRET = 'the-secret-of-the-host'
let clickhouse: RunningClickHouse
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exectrail-refusals-'))
  await writeFile(join(directory, 'secret'), SECRET)
  clickhouse = await startClickHouse()
  await clickhouse.store.command('CREATE DATABASE other ENGINE = Atomic')
  await clickhouse.store.command('CREATE TABLE other.t (a String) ENGINE = MergeTree ORDER BY a')
  await clickhouse.store.command('CREATE TABLE kept (a String) ENGINE = MergeTree ORDER BY a')
})
afterAll(async () => {
  await clickhouse.stop()
  await rm(directory, { recursive: true, force: true })
})

type Who = 'full' | 'read'

function ask(who: Who, query: string, search: Record<string, string> = {}): Promise<Response> {
  const body = query.replaceAll('SECRET', join(directory, 'secret')).replaceAll('OUT', join(directory, 'out'))
  return askClickHouse(clickhouse, search, { method: 'POST', body, headers: keyOf(who) })
}

/** An answer that breaks after it began is cut off; so it is an error from the beginning. */
const AT_ONCE = { wait_end_of_query: '1' }

/** A wall of ours (497, 48, 115 and 452 of settings), or no statement (62). */
const REFUSALS = new Set(['497', '62', '48', '115', '452'])

/** How a statement was refused; what it got else. */
async function refusalOf(who: Who, query: string): Promise<string> {
  const answer = await ask(who, query)
  const text = await answer.text()
  const code = answer.headers.get('X-ClickHouse-Exception-Code') ?? 'none'
  const reached = text.includes(SECRET) || existsSync(join(directory, 'out'))
  return !reached && REFUSALS.has(code) ? 'refused' : `${code}: ${text}`
}

describe('no user', () => {
  it.each([...ATTACKS, ...COMMANDS])('may run %s', async (query) => {
    expect(await refusalOf('full', query)).toBe('refused')
    expect(await refusalOf('read', query)).toBe('refused')
  })
})

describe('a reader', () => {
  it.each(WRITES_AND_STRANGERS)('may not run %s', async (query) => {
    expect(await refusalOf('read', query)).toBe('refused')
  })

  it.each(QUESTIONS)('may run %s', async (query) => {
    const answer = await ask('read', query)
    expect([answer.status, answer.status === 200 ? '' : await answer.text()]).toEqual([200, ''])
  })

  it('may name no other database in the URL, and no user writes by GET', async () => {
    expect((await ask('read', 'SELECT * FROM t', { database: 'other' })).status).toBe(403)
    expect((await ask('read', 'SELECT * FROM tables', { database: 'system' })).status).toBe(403)
    expect((await ask('full', 'SELECT * FROM `SECRET`', { database: 'default' })).status).toBe(403)
    expect((await ask('full', 'INSERT INTO `OUT` FORMAT CSV', { database: 'DEFAULT' })).status).toBe(403)
    expect((await askClickHouse(clickhouse, { query: 'DROP TABLE kept' })).status).toBe(403)
    expect((await ask('full', 'DROP TABLE kept', { readonly: '1' })).status).toBe(403)
  })

  it('may lower its bounds and not lift them', async () => {
    const many = 'SELECT number FROM numbers(1000001)'
    for (const max_result_rows of ['0', '99999999', '1000000']) {
      expect(await (await ask('read', many, { max_result_rows, ...AT_ONCE })).text()).toContain(
        'TOO_MANY_ROWS_OR_BYTES',
      )
    }
    const few = await ask('read', 'SELECT number FROM numbers(11)', { max_result_rows: '10' })
    expect(await few.text()).toContain('TOO_MANY_ROWS_OR_BYTES')
    const heavy = 'SELECT length(groupArray(toString(number))) FROM numbers(100000000)'
    expect(await (await ask('read', heavy, { max_memory_usage: '0' })).text()).toContain('MEMORY_LIMIT')
    const slow = 'SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))'
    expect((await ask('read', slow, { max_execution_time: '1' })).status).toBe(408)
  })

  it.each([
    ['SELECT number FROM numbers(1000001) SETTINGS max_result_rows = 0', 'TOO_MANY_ROWS_OR_BYTES'],
    ['SELECT number FROM numbers(11) SETTINGS max_result_rows = 10 FORMAT CSV', 'TOO_MANY_ROWS_OR_BYTES'],
    ["SELECT getSetting('max_threads') AS n SETTINGS max_threads = 3, readonly = 2", '3\n'],
    ["SELECT getSetting('max_threads') AS n FORMAT CSV SETTINGS max_threads = 3", '3\n'],
    ["SELECT (SELECT getSetting('join_use_nulls') SETTINGS join_use_nulls = 1) AS n", 'true\n'],
    ["SELECT getSetting('final') AS settings WHERE settings SETTINGS final = true", 'true\n'],
    ["SELECT getSetting('readonly') SETTINGS readonly = 2, max_threads = DEFAULT", '2\n'],
    ["SELECT getSetting('log_comment') SETTINGS log_comment = 'a, readonly = 0'", 'a, readonly = 0\n'],
  ])('sets in the statement what it may set in the URL: %s', async (query, answer) => {
    expect(await (await ask('read', query, AT_ONCE)).text()).toContain(answer)
  })

  it.each([
    'SELECT DISTINCT database FROM system.tables',
    'SELECT DISTINCT database FROM system.columns',
    'SELECT DISTINCT database FROM system.parts',
    'SELECT name FROM system.databases',
    'SHOW DATABASES',
    'SELECT DISTINCT table_schema FROM information_schema.tables',
    'SELECT DISTINCT table_schema FROM information_schema.columns',
  ])('sees no database but its own and metadata: %s', async (query) => {
    const seen = (await (await ask('read', query)).text()).trim().split('\n')
    expect(seen).toContain('exectrail')
    expect(seen.filter((name) => !/^(?:exectrail|system|information_schema)$/iu.test(name))).toEqual([])
  })

  it('gets no file read and none written, whatever it puts together', async () => {
    await assert(
      asyncProperty(array(constantFrom(...PIECES), { minLength: 2, maxLength: 14 }), async (pieces) => {
        const answer = await ask('read', `SELECT ${pieces.join('')}`)
        expect(await answer.text()).not.toContain(SECRET)
        expect(existsSync(join(directory, 'out'))).toBe(false)
      }),
      { numRuns: 400 },
    )
  })
})

describe('the rows of an INSERT', () => {
  it.each([
    ['TabSeparated', 'a\n\nCREATE TABLE hole (a String) ENGINE = Memory\n'],
    ['CSV', '"a"\n\n; CREATE TABLE hole (a String) ENGINE = Memory\n'],
    ['JSONEachRow', '{"a":"x"}\n\n;CREATE TABLE hole (a String) ENGINE = Memory'],
    ['Values', "('a'); CREATE TABLE hole (a String) ENGINE = Memory"],
    ['Values', "((SELECT * FROM file('SECRET', 'LineAsString')))"],
  ])('are only rows: %s %s', async (format, rows) => {
    await ask('full', `INSERT INTO kept FORMAT ${format} ${rows}`)
    await ask('full', `INSERT INTO kept FORMAT ${format}\n${rows}`)
    await ask('full', rows, { query: `INSERT INTO kept FORMAT ${format}` })
    expect(await (await ask('full', 'EXISTS TABLE hole')).text()).toBe('0\n')
    expect(await (await ask('full', 'SELECT a FROM kept')).text()).not.toContain(SECRET)
  })
})

describe('an error', () => {
  it.each([
    'SELECT 1 UNION SELECT 2',
    'SELECT 1 UNION SELECT 2 FORMAT CSV',
    `SELECT ${'('.repeat(3000)}1${')'.repeat(3000)}`,
    `SELECT ${'1+'.repeat(5000)}1`,
  ])('shows nothing of what the endpoint adds to %s', async (query) => {
    const text = await (await ask('read', query)).text()
    expect(text).toMatch(/^Code: \d+\. DB::Exception: .*\. \([A-Z_]+\)\n$/u)
    expect(text).not.toMatch(/OUTFILE|formatQuery|rows of the request/u)
  })
})
