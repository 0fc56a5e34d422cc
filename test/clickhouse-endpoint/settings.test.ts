import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingPolicies } from '../../src/clickhouse-endpoint/settings.ts'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

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
    'async_insert',
    'send_progress_in_http_headers',
    'load_balancing',
    'use_query_cache',
  ])('that means nothing here is accepted: %s', async (name) => {
    expect((await ask('SELECT 1', { [name]: '1' })).status).toBe(200)
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
