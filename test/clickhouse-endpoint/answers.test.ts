import { request } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askAsFull, clientOf, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

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

describe('compression', () => {
  it('by gzip is taken and given', async () => {
    await client.command({ query: 'CREATE TABLE packed (n UInt32) ENGINE = MergeTree ORDER BY n' })
    const rows = Array.from({ length: 5000 }, (_, n) => `{"n":${n}}`).join('\n')
    const sent = await ask(
      { query: 'INSERT INTO packed FORMAT JSONEachRow' },
      { method: 'POST', body: gzipSync(rows), headers: { 'Content-Encoding': 'gzip' } },
    )
    expect(sent.status).toBe(200)
    // fetch unpacks by itself, so ask below it.
    const packed = await new Promise<Buffer>((resolve, reject) => {
      const query = encodeURIComponent('SELECT n FROM packed ORDER BY n')
      const call = request(`${clickhouse.url}/?query=${query}&enable_http_compression=1`, {
        headers: { ...KEY, 'Accept-Encoding': 'gzip' },
      })
      call.on('response', (answer) => {
        expect(answer.headers['content-encoding']).toBe('gzip')
        const pieces: Buffer[] = []
        answer
          .on('data', (piece: Buffer) => pieces.push(piece))
          .on('end', () => resolve(Buffer.concat(pieces)))
      })
      call.on('error', reject).end()
    })
    expect(gunzipSync(packed).toString().split('\n')).toHaveLength(5001)
  })

  it('that is not what its header says is a fault of the request', async () => {
    const headers = { 'Content-Encoding': 'gzip' }
    const bad = await ask({ query: 'SELECT 1' }, { method: 'POST', body: 'not gzip', headers })
    expect([bad.status, bad.headers.get('X-ClickHouse-Exception-Code')]).toEqual([400, '271'])
    const unknown = await ask({}, { method: 'POST', body: 'x', headers: { 'Content-Encoding': 'rot13' } })
    expect([unknown.status, unknown.headers.get('X-ClickHouse-Exception-Code')]).toEqual([501, '48'])
  })
})

describe('a large answer', () => {
  const LARGE = `SELECT number, hex(toString(number) || 'some text of a row of a large answer') AS text FROM numbers(300000)`

  it('is sent completely, in pieces', async () => {
    const stream = (await client.query({ query: LARGE, format: 'JSONEachRow' })).stream<{ number: string }>()
    let rows = 0
    for await (const batch of stream) rows += batch.length
    expect(rows).toBe(300_000)
  })

  it('has its columns named once', async () => {
    const text = await (await ask({ query: `${LARGE} FORMAT CSVWithNames` })).text()
    expect(text.split('\n').filter((line) => line === '"number","text"')).toHaveLength(1)
  })

  it('that breaks in the middle is an error and nothing else', async () => {
    const query = `SELECT throwIf(number = 290000, 'broken') AS n, hex(toString(number) || 'some text of a row of a large answer') AS text FROM numbers(300000)`
    await expect(client.query({ query, format: 'JSONEachRow' })).rejects.toThrow('broken')
  })

  it('that breaks in the middle is an error with wait_end_of_query, and nothing before it', async () => {
    const query = `SELECT throwIf(number = 290000, 'broken'), hex(toString(number) || 'some text of a row of a large answer') FROM numbers(300000)`
    const answer = await ask({ query, wait_end_of_query: '1' })
    expect(answer.status).toBe(500)
    expect(await answer.text()).toMatch(/^Code: 395\. DB::Exception: .*broken/u)
  })

  it('whose reader goes away leaves the connection to the next', async () => {
    const endless = `SELECT number, hex(toString(number) || 'some text of a row of a large answer') FROM numbers(1000000)`
    const readers = Array.from({ length: 12 }, async () => {
      const leaving = new AbortController()
      const answer = await ask({ query: endless }, { signal: leaving.signal })
      await answer.body?.getReader().read()
      leaving.abort()
    })
    await Promise.all(readers)
    expect(await (await ask({ query: 'SELECT 1' })).text()).toBe('1\n')
  })
})
