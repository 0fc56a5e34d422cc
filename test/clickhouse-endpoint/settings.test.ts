import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingPolicies } from '../../src/clickhouse-endpoint/settings.ts'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

const IGNORED = 'X-Exectrail-Ignored-Settings'
let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

function ask(
  query: string,
  settings: Readonly<Record<string, string>> = {},
  who: 'full' | 'read' = 'read',
): Promise<Response> {
  return askClickHouse(clickhouse, settings, { method: 'POST', body: query, headers: keyOf(who) })
}

async function valueOf(name: string, asked: string): Promise<string> {
  return (await (await ask(`SELECT getSetting('${name}')`, { [name]: asked })).text()).trim()
}

describe('the table of settings', () => {
  it('has one line for each setting of the engine', async () => {
    const answer = await ask('SELECT name FROM system.settings ORDER BY name', {}, 'full')
    const ofEngine = (await answer.text()).trim().split('\n')
    expect(ofEngine.length).toBeGreaterThan(1000)
    const known = settingPolicies()
    expect(ofEngine.filter((name) => !known.has(name))).toEqual([])
  })

  it.each([
    'additional_table_filters',
    'allow_introspection_functions',
    'dialect',
    'default_table_engine',
    'format_schema',
    'input_format_record_errors_file_path',
    'output_format_schema',
    's3_max_connections',
    'sleep_in_send_data_ms',
  ])('closes %s', (name) => {
    expect(settingPolicies().get(name)).toBe('closed')
  })
})

describe('system.settings', () => {
  it('shows what is closed as not to be changed, and the ceilings', async () => {
    const answer = await ask(
      'SELECT name, readonly, max FROM system.settings ORDER BY name FORMAT JSONCompactEachRow',
      {},
      'full',
    )
    const shown = (await answer.text())
      .trim()
      .split('\n')
      .map((line): [string, number, string | null] => JSON.parse(line))
    const verdicts = settingPolicies()
    const disagree = shown.filter(
      ([name, fixed]) => name !== 'readonly' && (verdicts.get(name) === 'closed') !== (fixed === 1),
    )
    expect(disagree).toEqual([])
    expect(shown.find(([name]) => name === 'max_parser_depth')?.[2]).toBe('1000')
  })
})

describe('a setting', () => {
  it.each([
    ['session_timezone', 'Europe/Berlin'],
    ['log_comment', "it's me"],
    ['max_query_size', '300000'],
    ['output_format_pretty_color', '0'],
    ['format_csv_delimiter', ';'],
    ['max_rows_to_group_by', '1000'],
    ['group_by_overflow_mode', 'any'],
    ['cast_string_to_dynamic_use_inference', '1'],
    ['max_execution_time', '1.5'],
    ['join_use_nulls', '1'],
  ])('%s=%s reaches the engine', async (name, value) => {
    const found = await valueOf(name, value)
    expect(
      found
        .replaceAll('\\', '')
        .replace(/^true$/u, '1')
        .replace(/^false$/u, '0'),
    ).toBe(value)
  })

  it('changes what is answered', async () => {
    const time = await ask("SELECT toDateTime('2026-01-02 00:00:00', 'UTC') AS t, toString(toDateTime(0))", {
      session_timezone: 'Asia/Tokyo',
    })
    expect(await time.text()).toBe('2026-01-02 00:00:00\t1970-01-01 09:00:00\n')
    const csv = await ask("SELECT 1, 'a' FORMAT CSV", { format_csv_delimiter: ';' })
    expect(await csv.text()).toBe('1;"a"\n')
    const limited = await ask('SELECT number FROM numbers(10)', { limit: '2', offset: '3' })
    expect(await limited.text()).toBe('3\n4\n')
  })

  it.each([
    ['max_execution_time', '0', '30'],
    ['max_execution_time', '29.5', '29.5'],
    ['max_execution_time', '1e3', '30'],
    ['max_result_rows', '5K', '5000'],
    ['max_result_rows', '5Mi', '1000000'],
    ['max_parser_depth', '100000', '1000'],
    ['max_threads', '3', '3'],
    ['max_threads', '4000', '64'],
  ])('that limits can be lowered and not lifted: %s=%s is %s', async (name, asked, settled) => {
    expect(await valueOf(name, asked)).toBe(settled)
  })

  it.each(['-1', 'none', '1;2', "1' , readonly = '0", '1e999'])(
    'that limits is a number, not %s',
    async (asked) => {
      const answer = await ask('SELECT 1', { max_result_rows: asked })
      expect([answer.headers.get('X-ClickHouse-Exception-Code'), answer.status]).toEqual(['72', 400])
    },
  )

  it.each([
    'quota_key',
    'stacktrace',
    'async_insert',
    'send_progress_in_http_headers',
    'load_balancing',
    'use_query_cache',
  ])('that means nothing here is accepted and named in the response: %s', async (name) => {
    const answer = await ask('SELECT 1', { [name]: '1' })
    expect([answer.status, answer.headers.get(IGNORED)]).toEqual([200, name])
  })

  it('that means nothing here is named wherever it stands', async () => {
    const query =
      'SELECT (SELECT 1 SETTINGS load_balancing = 1, join_use_nulls = 1) SETTINGS use_query_cache = 1'
    const answer = await ask(query, { insert_quorum: '2' })
    expect(answer.headers.get(IGNORED)).toBe('insert_quorum, load_balancing, use_query_cache')
    expect((await ask('SELECT 1', { max_threads: '1' })).headers.get(IGNORED)).toBeNull()
    const all = [...settingPolicies()].flatMap(([name, policy]) =>
      policy === 'ignored' ? [[name, '1']] : [],
    )
    const many = await ask('SELECT 1', Object.fromEntries(all))
    expect(many.headers.get(IGNORED)).toMatch(/, and \d+ more$/u)
  })

  it('of the statement wins over that of the URL, also when it is DEFAULT', async () => {
    const read = "SELECT getSetting('join_use_nulls') SETTINGS join_use_nulls ="
    expect(await (await ask(`${read} DEFAULT`, { join_use_nulls: '1' })).text()).toBe('false\n')
    expect(await (await ask(`${read} 1`, { join_use_nulls: '0' })).text()).toBe('true\n')
  })

  it('profile is default', async () => {
    expect((await ask('SELECT 1', { profile: 'default' })).status).toBe(200)
    const answer = await ask('SELECT 1', { profile: 'writer' })
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe('180')
  })

  it('that is closed or unknown is refused as ClickHouse says it', async () => {
    const closed = await ask('SELECT 1', { allow_ddl: '1' }, 'full')
    expect(closed.headers.get('X-ClickHouse-Exception-Code')).toBe('452')
    expect(await closed.text()).toMatch(
      /Setting allow_ddl should not be changed.*\(SETTING_CONSTRAINT_VIOLATION\)/u,
    )
    const unknown = await ask('SELECT 1', { no_such_setting: '1' }, 'full')
    expect([unknown.headers.get('X-ClickHouse-Exception-Code'), unknown.status]).toEqual(['115', 404])
    expect(await unknown.text()).toContain('Setting no_such_setting is neither a builtin setting nor')
  })
})

describe('readonly', () => {
  const READONLY = ['164', 403]
  const refusal = (answer: Response) => [answer.headers.get('X-ClickHouse-Exception-Code'), answer.status]

  it.each([
    ['in the URL', 'SELECT 1', '0'],
    ['in the URL, for another level', 'SELECT 1', '1'],
    ['in the statement', 'SELECT 1 SETTINGS readonly = 0', null],
    ['in the statement, among others', 'SELECT 1 SETTINGS max_threads = 1, readonly = 1', null],
    ['in the statement, by DEFAULT', 'SELECT 1 SETTINGS readonly = DEFAULT', null],
    ['as a text', "SELECT 1 SETTINGS readonly = '0'", null],
    ['as false', 'SELECT 1 SETTINGS readonly = false', null],
    ['in a subquery', 'SELECT (SELECT 1 SETTINGS readonly = 0)', null],
    ['in the subquery of a table', 'SELECT * FROM (SELECT 1 SETTINGS readonly = 0)', null],
    ['in an explained statement', 'EXPLAIN SELECT 1 SETTINGS readonly = 0', null],
  ])('cannot be changed by a reader %s', async (_, query, asked) => {
    const answer = await ask(query, asked === null ? {} : { readonly: asked })
    expect(refusal(answer)).toEqual(READONLY)
    expect(await answer.text()).toBe(
      "Code: 164. DB::Exception: Cannot modify 'readonly' setting in readonly mode. (READONLY)\n",
    )
  })

  it('cannot be changed where it stands twice', async () => {
    const url = `${clickhouse.url}/?readonly=2&readonly=0`
    const answer = await fetch(url, { method: 'POST', body: 'SELECT 1', headers: keyOf('read') })
    expect(refusal(answer)).toEqual(READONLY)
  })

  it('may be sent as it is', async () => {
    expect((await ask('SELECT 1 SETTINGS readonly = 2', { readonly: '2' })).status).toBe(200)
    expect((await ask('SELECT 1 SETTINGS readonly = 0', { readonly: '0' }, 'full')).status).toBe(200)
  })

  it('restricts a writer who asks for it, and stays', async () => {
    const create = 'CREATE TABLE kept (n UInt8) ENGINE = Memory'
    expect((await ask(create, { readonly: '1' }, 'full')).status).toBe(403)
    expect(refusal(await ask(`${create} AS SELECT 1 SETTINGS readonly = 1`, {}, 'full'))).toEqual(READONLY)
    expect((await ask('EXISTS TABLE kept', {}, 'full').then((answer) => answer.text())).trim()).toBe('0')
    expect((await ask('SELECT 1 SETTINGS readonly = 1', {}, 'full')).status).toBe(200)
    expect(refusal(await ask('SELECT 1 SETTINGS readonly = 0', { readonly: '1' }, 'full'))).toEqual(READONLY)
  })

  it('is a level', async () => {
    expect(refusal(await ask('SELECT 1', { readonly: 'no' }, 'full'))).toEqual(['72', 400])
  })
})
