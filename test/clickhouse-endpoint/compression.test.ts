import { request, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uncompressedBlock } from '../../src/clickhouse-endpoint/compression/blocks.ts'
import { readBytes } from '../../src/clickhouse-endpoint/compression/byte-reader.ts'
import {
  compressBlock,
  compressFrame,
  decompressFrames,
} from '../../src/clickhouse-endpoint/compression/lz4.ts'
import { block, inBlocks, outOfBlocks, pieces } from '../support/compressed-blocks.ts'
import { askClickHouse, keyOf, startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
  await clickhouse.store.command('CREATE TABLE packed (n UInt32, text String) ENGINE = MergeTree ORDER BY n')
})
afterAll(() => clickhouse.stop())

interface Got {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  /** False where the connection was cut before the last chunk. */
  isWhole: boolean
}

/** Below fetch, which unpacks by itself. */
function get(search: Record<string, string>, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const url = `${clickhouse.url}/?${new URLSearchParams(search).toString()}`
    const call = request(url, { headers: { ...keyOf('full'), ...headers } })
    call.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined)
      answer.on('close', () => {
        const { statusCode: status = 0, headers: received, complete: isWhole } = answer
        resolve({ status, headers: received, bytes: Buffer.concat(chunks), isWhole })
      })
    })
    call.on('error', reject).end()
  })
}

const MANY = 'SELECT number, hex(sipHash64(number)) FROM numbers(100000)'

describe('an answer', () => {
  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
    ['zstd', zstdDecompressSync],
    ['lz4', (bytes: Buffer) => buffer(decompressFrames(readBytes(pieces(bytes))))],
  ] as const)('is packed with %s where client and setting ask for it', async (encoding, unpack) => {
    const headers = { 'Accept-Encoding': `${encoding}, identity;q=0` }
    for (const query of [MANY, "SELECT repeat('text', 1000)"]) {
      const plain = await get({ query })
      const packed = await get({ query, enable_http_compression: '1' }, headers)
      expect(packed.headers['content-encoding']).toBe(encoding)
      expect((await unpack(packed.bytes)).equals(plain.bytes)).toBe(true)
    }
  })

  it('is not packed without the setting, nor with an unknown encoding', async () => {
    const without = await get({ query: MANY }, { 'Accept-Encoding': 'gzip' })
    const unknown = await get(
      { query: MANY, enable_http_compression: '1' },
      { 'Accept-Encoding': 'rot13, gzip;q=0' },
    )
    expect([without.headers['content-encoding'], unknown.headers['content-encoding']]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('lies in blocks with compress=1, small, large and broken in the middle', async () => {
    for (const query of ['SELECT 1', MANY]) {
      const plain = await get({ query })
      const packed = await get({ query, compress: '1' })
      expect([packed.isWhole, (await outOfBlocks(packed.bytes)).equals(plain.bytes)]).toEqual([true, true])
    }
    const query = "SELECT throwIf(number = 290000, 'broken'), hex(sipHash64(number)) FROM numbers(300000)"
    const failed = await get({ query, compress: '1' })
    expect([failed.status, failed.isWhole]).toEqual([500, true])
    expect((await outOfBlocks(failed.bytes)).toString()).toMatch(/^Code: 395\. .*broken/u)
  })

  it('with compress=1 that is an error lies in a block whose text can be read either way', async () => {
    const { bytes, headers, status } = await get({ query: 'SELECT nope', compress: '1' })
    expect([status, headers['x-clickhouse-exception-code']]).toEqual([404, '47'])
    expect((await outOfBlocks(bytes)).toString()).toMatch(/^Code: 47\. DB::Exception: /u)
    expect(bytes.toString('latin1')).toContain('Code: 47. DB::Exception: ')
  })
})

describe('rows of an INSERT', () => {
  const rows = Buffer.from(Array.from({ length: 5000 }, (_, n) => `{"n":${n},"text":"some text"}`).join('\n'))
  const INSERT = 'INSERT INTO packed FORMAT JSONEachRow'

  async function insert(
    body: Uint8Array,
    search: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<string> {
    await clickhouse.store.command('TRUNCATE TABLE packed')
    const answer = await askClickHouse(clickhouse, search, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { ...keyOf('full'), ...headers },
    })
    if (answer.status !== 200) return (await answer.text()).trim()
    return (
      await (await askClickHouse(clickhouse, { query: 'SELECT count(), sum(n) FROM packed' })).text()
    ).trim()
  }

  const ALL = `5000\t${(5000 * 4999) / 2}`

  it.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['deflate', (bytes: Buffer) => deflateSync(bytes)],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes)],
    ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
    ['lz4', (bytes: Buffer) => buffer(compressFrame(pieces(bytes)))],
  ] as const)('are taken with Content-Encoding: %s, also behind their statement', async (encoding, pack) => {
    const headers = { 'Content-Encoding': encoding }
    expect(await insert(await pack(rows), { query: INSERT }, headers)).toBe(ALL)
    const whole = Buffer.concat([Buffer.from(`${INSERT}\n`), rows])
    expect(await insert(await pack(whole), {}, headers)).toBe(ALL)
    expect(await insert(Buffer.from('no such thing'), { query: INSERT }, headers)).toContain(
      'CANNOT_DECOMPRESS',
    )
  })

  it('are taken in blocks with decompress=1: LZ4, ZSTD, none, and with an encoding of HTTP around them', async () => {
    const search = { query: INSERT, decompress: '1' }
    expect(await insert(await inBlocks(rows), search)).toBe(ALL)
    expect(await insert(block(0x90, zstdCompressSync(rows), rows.length), search)).toBe(ALL)
    expect(await insert(uncompressedBlock(rows.toString()), search)).toBe(ALL)
    expect(await insert(gzipSync(await inBlocks(rows)), search, { 'Content-Encoding': 'gzip' })).toBe(ALL)
    expect(await insert(rows, search)).toMatch(/^Code: (?:12|40)\. DB::Exception: /u)
  })

  it('are unpacked no further than a statement may reach', async () => {
    const zeros = compressBlock(Buffer.alloc(33_554_432))
    const bomb = Buffer.concat(Array.from({ length: 40 }, () => block(0x82, zeros, 33_554_432)))
    expect(await insert(bomb, { query: 'SELECT 1', decompress: '1' })).toContain('A statement has at most')
  })
})
