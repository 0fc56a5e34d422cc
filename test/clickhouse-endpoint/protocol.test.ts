import type { ClickHouseClient } from '@clickhouse/client'
import { assert, asyncProperty, string } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  askAsFull,
  askClickHouse,
  clientOf,
  keyOf,
  PASSWORD,
  startClickHouse,
  USER,
  type RunningClickHouse,
} from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let client: ClickHouseClient
beforeAll(async () => {
  clickhouse = await startClickHouse()
  client = clientOf(clickhouse)
})
afterAll(async () => {
  await client.close()
  await clickhouse.stop()
})

const KEY = keyOf('full')

const ask = (search: Record<string, string>, init?: Parameters<typeof askAsFull>[2]) =>
  askAsFull(clickhouse, search, init)

describe('the routes', () => {
  it.each(['/ping', '/replicas_status', '/'])('GET %s says Ok without a password', async (path) => {
    const answer = await fetch(`${clickhouse.url}${path}`)
    expect([answer.status, await answer.text()]).toEqual([200, 'Ok.\n'])
  })

  it('are no others, and what ClickHouse has there is named', async () => {
    expect((await fetch(`${clickhouse.url}/nowhere`, { headers: KEY })).status).toBe(404)
    const play = await fetch(`${clickhouse.url}/play`, { headers: KEY })
    expect([play.status, await play.text()]).toEqual([404, expect.stringContaining('dashboard of exectrail')])
  })

  it('take GET, HEAD, POST and OPTIONS', async () => {
    expect((await fetch(clickhouse.url, { method: 'PUT', headers: KEY })).status).toBe(405)
    const options = await fetch(clickhouse.url, { method: 'OPTIONS' })
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS'])
    const head = await ask({ query: 'SELECT 1', query_id: 'heads' }, { method: 'HEAD' })
    expect([head.status, head.headers.get('X-ClickHouse-Query-Id')]).toEqual([200, 'heads'])
    expect((await ask({ query: 'DROP TABLE code_exec_logs' }, { method: 'HEAD' })).status).toBe(403)
  })
})

describe('the user', () => {
  it.each([
    ['headers', {}, KEY],
    ['Basic authentication', {}, { Authorization: `Basic ${btoa(`${USER}:${PASSWORD}`)}` }],
    ['the URL', { user: USER, password: PASSWORD }, {}],
  ])('is named by %s', async (_, search, headers) => {
    const answer = await askClickHouse(clickhouse, { query: 'SELECT 1', ...search }, { headers })
    expect([answer.status, await answer.text()]).toEqual([200, '1\n'])
  })

  it.each([
    ['a wrong password', { 'X-ClickHouse-User': USER, 'X-ClickHouse-Key': 'wrong' }],
    ['an unknown user', { 'X-ClickHouse-User': 'nobody', 'X-ClickHouse-Key': PASSWORD }],
    ['no user', {}],
    ['a JWT', { Authorization: 'Bearer a.b.c' }],
  ])('is refused with %s', async (_, headers) => {
    const answer = await askClickHouse(clickhouse, { query: 'SELECT 1' }, { headers })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe('516')
    expect(await answer.text()).toContain('AUTHENTICATION_FAILED')
  })
})

describe('a statement', () => {
  it.each([
    ['in the URL', { query: 'SELECT 1 AS one' }, null],
    ['in the body', {}, 'SELECT 1 AS one'],
    ['half in each', { query: 'SELECT 1' }, 'AS one'],
    ['with comments and a semicolon', {}, '-- hello\nSELECT /* ; */ 1 AS one // end\n;'],
  ])('%s is answered with the headers of ClickHouse', async (_, search, body) => {
    const sent = { default_format: 'JSONEachRow', query_id: 'mine', ...search }
    const answer = await ask(sent, body === null ? {} : { method: 'POST', body })
    expect([answer.status, await answer.text()]).toEqual([200, '{"one":1}\n'])
    expect(answer.headers.get('X-ClickHouse-Query-Id')).toBe('mine')
    expect(answer.headers.get('X-ClickHouse-Format')).toBe('JSONEachRow')
    expect(answer.headers.get('X-ClickHouse-Timezone')).toBe('UTC')
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson; charset=UTF-8')
    expect(JSON.parse(answer.headers.get('X-ClickHouse-Summary') ?? '')).toHaveProperty('elapsed_ns')
  })

  it('is TabSeparated unless it or the request says otherwise', async () => {
    expect(await (await ask({ query: "SELECT 1, 'a'" })).text()).toBe('1\ta\n')
    const csv = await ask({ query: 'SELECT 1 FORMAT CSV' })
    expect(csv.headers.get('Content-Type')).toBe('text/csv; charset=UTF-8; header=absent')
    expect(await (await ask({ query: "SELECT 1, 'a' FORMAT CSV", default_format: 'JSON' })).text()).toBe(
      '1,"a"\n',
    )
  })

  it('may come as a form with its parameters, as @clickhouse/client sends long ones', async () => {
    const form = new FormData()
    form.set('query', 'SELECT {a:UInt8} + {b:UInt8}')
    form.set('param_a', '40')
    form.set('param_b', '2')
    expect(await (await ask({}, { method: 'POST', body: form })).text()).toBe('42\n')
  })

  it('takes bound values as they are, whatever is in them', async () => {
    await assert(
      asyncProperty(string({ unit: 'binary' }), async (text) => {
        const answer = await client.query({
          query: 'SELECT {text:String} AS text',
          query_params: { text },
          format: 'JSONEachRow',
        })
        expect(await answer.json()).toEqual([{ text: text.toWellFormed() }])
      }),
      { numRuns: 50 },
    )
  })

  it('never sees a value another request bound', async () => {
    expect(await (await ask({ query: 'SELECT {leak:String}', param_leak: 'secret' })).text()).toBe('secret\n')
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => ask({ query: 'SELECT {leak:String}' })),
    )
    for (const answer of answers) {
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain('Substitution `leak` is not set')
    }
  })

  it('says in which time zone its times are', async () => {
    const answer = await ask({ query: 'SELECT toDateTime(0)', session_timezone: 'Asia/Tokyo' })
    expect([answer.headers.get('X-ClickHouse-Timezone'), await answer.text()]).toEqual([
      'Asia/Tokyo',
      '1970-01-01 09:00:00\n',
    ])
  })

  it('takes settings only for itself', async () => {
    const query = "SELECT getSetting('max_block_size')"
    const before = await (await ask({ query })).text()
    expect(await (await ask({ query, max_block_size: '7' })).text()).toBe('7\n')
    const after = await Promise.all(Array.from({ length: 12 }, async () => (await ask({ query })).text()))
    expect(new Set(after)).toEqual(new Set([before]))
  })
})

describe('what goes wrong', () => {
  it.each([
    ['SELECT nope', 404, 47, /Unknown expression identifier `nope`/u],
    ['SELECT * FROM nowhere', 404, 60, /nowhere/u],
    ['SELEC 1', 400, 62, /^Code: 62\. DB::Exception: Syntax error: failed at position 1 /u],
    ["SELECT 'open", 400, 62, /Single quoted string is not closed/u],
    ['', 400, 62, /Empty query/u],
    ['SELECT 1; SELECT 2', 400, 62, /Multi-statements are not allowed/u],
    ['SELECT throwIf(1, {x:String})', 400, 456, /`x` is not set/u],
  ])('%s is said as ClickHouse says it', async (query, status, code, words) => {
    const answer = await ask({}, { method: 'POST', body: query })
    const text = await answer.text()
    expect([answer.status, answer.headers.get('X-ClickHouse-Exception-Code')]).toEqual([status, `${code}`])
    expect(text).toMatch(words)
    expect(text).not.toContain('formatQuery')
  })

  it('is the same for @clickhouse/client', async () => {
    await expect(client.query({ query: 'SELECT nope' })).rejects.toMatchObject({
      code: '47',
      type: 'UNKNOWN_IDENTIFIER',
    })
  })

  it('is a setting that is not on the list, a parameter that is not one, a format that is none', async () => {
    expect((await ask({ query: 'SELECT 1', no_such: '1' })).headers.get('X-ClickHouse-Exception-Code')).toBe(
      '115',
    )
    expect((await ask({ query: 'SELECT 1', max_threads: "1' , readonly = '0" })).status).toBeGreaterThan(399)
    expect((await ask({ query: 'SELECT 1', default_format: "JSON'" })).status).toBe(404)
    expect((await ask({ query: 'SELECT 1', default_format: 'Nonsense' })).status).toBe(404)
  })

  it('is a role, and a session that should be there', async () => {
    const role = await ask({ query: 'SELECT 1', role: 'admin' })
    expect([role.headers.get('X-ClickHouse-Exception-Code'), await role.text()]).toEqual([
      '511',
      expect.stringContaining('UNKNOWN_ROLE'),
    ])
    const session = await ask({ query: 'SELECT 1', session_id: 's', session_check: '1' })
    expect(session.headers.get('X-ClickHouse-Exception-Code')).toBe('372')
    expect((await ask({ query: 'SELECT 1', session_id: 's' })).status).toBe(200)
  })

  it('is a query_id that is no header', async () => {
    const answer = await ask({ query: 'SELECT 1', query_id: 'a\r\nSet-Cookie: x' })
    expect([answer.status, answer.headers.has('Set-Cookie')]).toEqual([400, false])
  })

  it('is a statement longer than a megabyte', async () => {
    const answer = await ask({}, { method: 'POST', body: `SELECT '${'x'.repeat(1_100_000)}'` })
    expect([answer.status, await answer.text()]).toEqual([
      413,
      'A statement has at most 1048576 bytes; this one is longer\n',
    ])
  })
})

describe('the driver of the Collector and of Grafana', () => {
  it('gets its hello framed, with revision 0, and everything later plain', async () => {
    const search = { client_protocol_version: '54460', default_format: 'Native' }
    const hello = await ask(
      { ...search, query: 'SELECT displayName(), version(), revision(), timezone()' },
      { method: 'POST' },
    )
    const bytes = Buffer.from(await hello.arrayBuffer())
    expect(bytes.subarray(0, 10)).toEqual(Buffer.of(1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 4, 1))
    expect(bytes.toString('latin1')).toContain('revision()\x06UInt32\0\0\0\0\0')
    const described = await ask({ ...search, query: 'DESCRIBE TABLE code_exec_logs' }, { method: 'POST' })
    const plain = Buffer.from(await described.arrayBuffer())
    expect(plain[0]).toBe(7)
    expect(plain.subarray(2, 15).toString('latin1')).toContain('\x04name\x06String')
  })
})
