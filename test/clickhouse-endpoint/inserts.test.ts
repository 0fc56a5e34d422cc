import { randomBytes, randomUUID } from 'node:crypto'
import { createClient } from '@clickhouse/client'
import { assert, constantFrom, property, uint8Array } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findInsertHead } from '../../src/clickhouse-endpoint/insert-head.ts'
import {
  askClickHouse,
  keyOf,
  PASSWORD,
  startClickHouse,
  USER,
  type RunningClickHouse,
} from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
  await clickhouse.store.command(
    "CREATE TABLE t (a Int64, b String DEFAULT concat('default of ', toString(a))) ENGINE = MergeTree ORDER BY a",
  )
})
afterAll(() => clickhouse.stop())

function send(search: Record<string, string>, body: string | Buffer<ArrayBuffer>): Promise<Response> {
  return askClickHouse(clickhouse, search, { method: 'POST', body })
}

async function bytesOf(query: string): Promise<Buffer<ArrayBuffer>> {
  const answer = await send({ query }, '')
  return Buffer.from(await answer.arrayBuffer())
}

/** Rows of `t` with these keys; no other test uses them. */
async function rowsOf(from: number, to: number): Promise<{ a: string; b: string }[]> {
  return clickhouse.store.query(
    'SELECT a, b FROM t WHERE a >= {from:Int64} AND a < {to:Int64} ORDER BY a, b',
    {
      from,
      to,
    },
  )
}

describe('the head of an INSERT', () => {
  it('ends before its rows, whatever they are', () => {
    const heads = constantFrom(
      'INSERT INTO t (a, b) FORMAT Native',
      'insert into `t` format RowBinary',
      '/* x */ INSERT INTO t -- FORMAT CSV\n FORMAT JSONEachRow',
      'INSERT INTO t (`format`, "values") FORMAT Values',
    )
    assert(
      property(heads, uint8Array({ maxLength: 200 }), (head, bytesOfRows) => {
        // Blanks after the format belong to the statement.
        const rows = [33, ...bytesOfRows]
        const bytes = Buffer.concat([Buffer.from(`${head}\n`), Buffer.from(rows)])
        expect(findInsertHead(bytes.toString('latin1'))).toEqual({ text: head, dataFrom: head.length + 1 })
      }),
    )
  })

  it.each([
    'SELECT 1',
    'INSERT INTO t SELECT format FROM x',
    "INSERT INTO t SELECT 'x' FORMAT CSV",
    'INSERT',
    '',
  ])('is none of %s', (text) => expect(findInsertHead(text)).toBeNull())
})

describe('rows', () => {
  it.each(
    ['Native', 'RowBinary', 'Parquet', 'CSV', 'JSONEachRow'].flatMap((format) => [
      ['', format],
      [' (a, b)', format],
    ]),
  )('are counted in the summary of INSERT INTO t%s FORMAT %s', async (columns, format) => {
    const rows = await bytesOf(
      `SELECT toInt64(-number - 10) AS a, 'x' AS b FROM numbers(123) FORMAT ${format}`,
    )
    for (const who of ['full', 'caller'] as const) {
      const query = `INSERT INTO t${columns} FORMAT ${format}`
      const answer = await askClickHouse(
        clickhouse,
        { query },
        { method: 'POST', body: rows, headers: keyOf(who) },
      )
      const summary = JSON.parse(answer.headers.get('X-ClickHouse-Summary') ?? '{}')
      expect(summary).toMatchObject({ written_rows: '123', result_rows: '123', read_rows: '123' })
      expect(Number(summary.written_bytes)).toBeGreaterThan(123)
    }
  })

  it.each([
    ['Native', 1000],
    ['RowBinary', 2000],
    ['RowBinaryWithNamesAndTypes', 3000],
    ['Parquet', 4000],
    ['JSONEachRow', 5000],
    ['CSVWithNames', 6000],
    ['TabSeparated', 7000],
    ['JSONCompactEachRow', 8000],
  ])('go in as %s, the statement in the URL or in the body', async (format, from) => {
    const select = `SELECT toInt64(number) + ${from} AS a, concat('row\n\n', toString(number)) AS b FROM numbers(20)`
    const rows = await bytesOf(`${select} FORMAT ${format}`)
    const inUrl = await send({ query: `INSERT INTO t (a, b) FORMAT ${format}` }, rows)
    expect([inUrl.status, await inUrl.text()]).toEqual([200, ''])
    expect(await rowsOf(from, from + 20)).toHaveLength(20)
    const later = await bytesOf(`${select.replace(`+ ${from}`, `+ ${from + 100}`)} FORMAT ${format}`)
    const inBody = await send({}, Buffer.concat([Buffer.from(`INSERT INTO t FORMAT ${format}\n`), later]))
    expect([inBody.status, await inBody.text()]).toEqual([200, ''])
    expect((await rowsOf(from + 100, from + 200)).map((row) => row.b)).toContain('row\n\n19')
  })

  it('of many Native blocks in one body all go in', async () => {
    const blocks = await Promise.all(
      [0, 1, 2].map((n) =>
        bytesOf(`SELECT toInt64(number + ${20_000 + n * 10}) AS a, 'x' AS b FROM numbers(10) FORMAT Native`),
      ),
    )
    expect((await send({ query: 'INSERT INTO t (a, b) FORMAT Native' }, Buffer.concat(blocks))).status).toBe(
      200,
    )
    expect(await rowsOf(20_000, 20_030)).toHaveLength(30)
  })

  it('sent again because the answer was lost go in once', async () => {
    const rows = await bytesOf("SELECT toInt64(30000) AS a, 'once' AS b FORMAT Native")
    for (let n = 0; n < 3; n += 1)
      expect((await send({ query: 'INSERT INTO t (a, b) FORMAT Native' }, rows)).status).toBe(200)
    expect(await rowsOf(30_000, 30_001)).toHaveLength(1)
    for (let n = 0; n < 2; n += 1)
      await send({ query: 'INSERT INTO t FORMAT CSV', insert_deduplication_token: 'mine' }, '30001,twice')
    expect(await rowsOf(30_001, 30_002)).toHaveLength(1)
  })

  it('lack columns and get their defaults', async () => {
    await send({ query: 'INSERT INTO t (a) FORMAT TabSeparated' }, '40000\n')
    await send({ query: 'INSERT INTO t FORMAT JSONEachRow' }, '{"a":40001}\n\n{"a":40002,"b":"own"}')
    await send({ query: 'INSERT INTO t (a) VALUES (40003), (40004)' }, '')
    expect((await rowsOf(40_000, 40_010)).map((row) => row.b)).toEqual([
      'default of 40000',
      'default of 40001',
      'own',
      'default of 40003',
      'default of 40004',
    ])
  })

  it('that cannot be read leave nothing behind, and the error does not name our files', async () => {
    const answer = await send({ query: 'INSERT INTO t FORMAT JSONEachRow' }, '{"a":50000}\n{"a":"x"}')
    expect(answer.status).toBe(400)
    const text = await answer.text()
    expect(text).toMatch(/^Code: 27\. DB::Exception: Cannot parse input/u)
    expect(text).not.toMatch(/\/dev\/shm|exectrail-|INFILE/u)
    const torn = await bytesOf("SELECT toInt64(50001) AS a, 'torn' AS b FORMAT Native")
    expect((await send({ query: 'INSERT INTO t (a, b) FORMAT Native' }, torn.subarray(0, -3))).status).toBe(
      500,
    )
    expect(await rowsOf(50_000, 50_010)).toEqual([])
  })

  it('may be none', async () => {
    for (const format of ['Native', 'JSONEachRow', 'Values'])
      expect((await send({ query: `INSERT INTO t FORMAT ${format}` }, '')).status).toBe(200)
  })

  it('of 20 MB go in from @clickhouse/client', async () => {
    const client = createClient({
      url: clickhouse.url,
      username: USER,
      password: PASSWORD,
      database: 'exectrail',
    })
    const b = randomBytes(10_000).toString('hex')
    const values = Array.from({ length: 1000 }, (_, n) => ({ a: 60_000 + n, b }))
    await client.insert({ table: 't', values, format: 'JSONEachRow' })
    await client.close()
    expect(await rowsOf(60_000, 61_000)).toHaveLength(1000)
  })
})

describe('killed by SIGKILL while it inserts', () => {
  it('keeps every acknowledged batch and shows none twice, though the sender repeats what was not answered', async () => {
    await clickhouse.store.command(
      'CREATE TABLE survived (id String) ENGINE = ReplacingMergeTree ORDER BY id',
    )
    const sent = new Set<string>()
    const batch = async (): Promise<void> => {
      const ids = Array.from({ length: 50 }, () => randomUUID())
      const body = ids.map((id) => JSON.stringify({ id })).join('\n')
      for (;;) {
        const answer = await send({ query: 'INSERT INTO survived FORMAT JSONEachRow' }, body).catch(
          () => null,
        )
        if (answer?.status === 200) break
        // Nothing listens until the restart below is done.
        await new Promise(setImmediate)
      }
      for (const id of ids) sent.add(id)
    }
    const senders = Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 15; n += 1) await batch()
    })
    for (let kills = 0; kills < 3; kills += 1) await clickhouse.restart()
    await Promise.all(senders)
    const rows = await clickhouse.store.query<{ id: string }>('SELECT id FROM survived FINAL')
    expect(rows).toHaveLength(sent.size)
    expect(new Set(rows.map((row) => row.id))).toEqual(sent)
  })
})
