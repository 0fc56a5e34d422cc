import { randomUUID } from 'node:crypto'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyOf, PASSWORD, startClickHouse, USER, type RunningClickHouse } from '../../support/clickhouse.ts'
import { waitFor } from '../../support/wait.ts'

const TYPES = `SELECT toInt64(-9223372036854775808) AS least, toUInt64(18446744073709551615) AS most,
  toDecimal64('1.2345', 4) AS amount, toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC') AS time,
  toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS id, [1, 2] AS list, map('a', 1) AS map, tuple(1, 'x') AS pair,
  CAST(NULL AS Nullable(Int8)) AS nothing, CAST('b' AS Enum8('a' = 1, 'b' = 2)) AS choice, true AS yes`

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

type Compression = NonNullable<Parameters<typeof createClient>[0]>['compression']
const COMPRESSIONS: readonly (readonly [string, Compression])[] = [
  ['with its defaults', {}],
  ['with compression both ways', { request: true, response: true }],
  ['with zstd both ways', { request: { codec: 'zstd' }, response: { codec: 'zstd' } }],
]

describe.each(COMPRESSIONS)('@clickhouse/client %s', (_, compression) => {
  let client: ClickHouseClient
  beforeAll(() => {
    client = createClient({
      url: clickhouse.url,
      username: USER,
      password: PASSWORD,
      database: 'exectrail',
      compression: compression ?? {},
      log: { level: ClickHouseLogLevel.OFF },
    })
  })
  afterAll(() => client.close())

  const rowsOf = async (query: string, more: Record<string, unknown> = {}): Promise<unknown[]> =>
    (await client.query({ query, format: 'JSONEachRow', ...more })).json()

  it('pings and reads every type', async () => {
    expect(await client.ping()).toEqual({ success: true })
    const exact = { output_format_json_quote_64bit_integers: 1, output_format_json_quote_decimals: 1 }
    expect(await rowsOf(TYPES, { clickhouse_settings: exact })).toEqual([
      {
        least: '-9223372036854775808',
        most: '18446744073709551615',
        amount: '1.2345',
        time: '2026-01-02 03:04:05.678',
        id: '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
        list: [1, 2],
        map: { a: 1 },
        pair: [1, 'x'],
        nothing: null,
        choice: 'b',
        yes: true,
      },
    ])
  })

  it('inserts rows and lists tables and columns', async () => {
    await client.command({
      query: 'CREATE OR REPLACE TABLE by_node (id UInt32, text String) ENGINE = MergeTree ORDER BY id',
    })
    const values = Array.from({ length: 1000 }, (__, id) => ({ id, text: `it's ${id}` }))
    await client.insert({ table: 'by_node', values, format: 'JSONEachRow' })
    expect(await rowsOf('SELECT count() AS n, sum(id) AS sum FROM by_node')).toEqual([
      { n: 1000, sum: 499500 },
    ])
    expect(await rowsOf('SHOW TABLES')).toContainEqual({ name: 'by_node' })
    const columns = await rowsOf("SELECT name FROM system.columns WHERE table = 'by_node' ORDER BY position")
    expect(columns).toEqual([{ name: 'id' }, { name: 'text' }])
  })

  it('binds parameters, also in a form, and sends settings', async () => {
    const query =
      "SELECT {text:String} AS text, getSetting('session_timezone') AS zone SETTINGS max_threads = 1"
    const more = { query_params: { text: "it's" }, clickhouse_settings: { session_timezone: 'Asia/Tokyo' } }
    expect(await rowsOf(query, more)).toEqual([{ text: "it's", zone: 'Asia/Tokyo' }])
    expect(await rowsOf(query, { ...more, use_multipart_params: true })).toEqual([
      { text: "it's", zone: 'Asia/Tokyo' },
    ])
  })

  it('streams a million rows', async () => {
    const answer = await client.query({ query: 'SELECT number FROM numbers(1000000)', format: 'JSONEachRow' })
    let count = 0
    for await (const rows of answer.stream()) count += rows.length
    expect(count).toBe(1_000_000)
  })

  it('gets errors with their code, and cancels', async () => {
    await expect(client.query({ query: 'SELECT nope' })).rejects.toMatchObject({ code: '47' })
    const leaving = new AbortController()
    const [heavy, id] = [
      'SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))',
      randomUUID(),
    ]
    const asked = client.query({
      query: heavy,
      query_id: id,
      abort_signal: leaving.signal,
      clickhouse_settings: { max_execution_time: 2 },
    })
    const listed = `SELECT 1 FROM system.processes WHERE query_id = '${id}'`
    await waitFor(async () => (await rowsOf(listed)).length > 0, { what: 'the statement' })
    leaving.abort()
    await expect(asked).rejects.toThrow('aborted')
    expect(await rowsOf('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('@clickhouse/client as a reader', () => {
  it('reads and does not write', async () => {
    const [username = '', password = ''] = Object.values(keyOf('read'))
    const client = createClient({ url: clickhouse.url, username, password, database: 'exectrail' })
    const answer = await client.query({ query: 'SELECT 1 AS one', format: 'JSONEachRow' })
    expect(await answer.json()).toEqual([{ one: 1 }])
    await expect(client.command({ query: 'CREATE TABLE no (a Int8) ENGINE = Memory' })).rejects.toMatchObject(
      {
        code: '497',
      },
    )
    await client.close()
  })
})
