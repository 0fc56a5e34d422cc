/** Malformed or oversized HTTP requests: each ends soon, and others are served meanwhile. */
import { readFile } from 'node:fs/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { askClickHouse, keyOf } from '../support/clickhouse.ts'
import { openRaw, sendRaw } from '../support/raw-http.ts'
import { ADMIN_KEY } from '../support/service.ts'
import { END, get, post, SHAPES, type Target } from './hostile-shapes.ts'

/** How long others may wait, on a machine that runs other tests as well. */
const LONGEST_MS = 10_000

let stack: ApiStack
beforeAll(async () => {
  stack = await startApiStack()
})
afterAll(() => stack.stop())

const TARGETS: Readonly<Record<string, Target>> = {
  endpoint: {
    url: () => stack.clickhouse.url,
    path: '/?query=SELECT+1',
    post: '/',
    body: 'SELECT 1',
    key: 'X-ClickHouse-User: reader\r\nX-ClickHouse-Key: reader-password',
    askAnother: async () =>
      (await (await askClickHouse(stack.clickhouse, { query: 'SELECT 2' })).text()) === '2\n',
  },
  service: {
    url: () => stack.service.url,
    path: '/v1/executions?limit=1',
    post: '/v1/sql',
    body: '{"sql":"SELECT 1"}',
    key: `Authorization: Bearer ${ADMIN_KEY}\r\nContent-Type: application/json`,
    askAnother: async () => (await stack.service.ask('/v1/executions?limit=1')).ok,
  },
}

/** Runs `use` while others ask all the time; the longest that one of them waits. */
async function longestWait(target: Target, use: () => Promise<void>): Promise<number> {
  const used = { ended: false, longest: 0 }
  const others = (async () => {
    while (!used.ended) {
      const started = performance.now()
      expect(await target.askAnother()).toBe(true)
      used.longest = Math.max(used.longest, performance.now() - started)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  try {
    await use()
  } finally {
    used.ended = true
    await others
  }
  return used.longest
}

describe.each(Object.entries(TARGETS))('to the %s', (name, target) => {
  it.each(SHAPES)('%s ends soon', async (_, make, statuses) => {
    const bytes = make(target)
    const waited = await longestWait(target, async () => {
      const answer = await sendRaw(target.url(), bytes)
      expect(answer.isClosed).toBe(true)
      for (const status of answer.statuses) expect(statuses).toContain(status)
      expect(answer.statuses.length).toBeLessThanOrEqual(1)
    })
    expect(waited).toBeLessThan(LONGEST_MS)
  })

  it('a Content-Length that lies gets no answer to a request inside the body', async () => {
    const inner = `GET ${target.path} HTTP/1.1\r\nHost: localhost\r\n${target.key}${END}`
    const answer = await sendRaw(
      target.url(),
      post(target, `Content-Length: ${target.body.length}`, target.body + inner),
    )
    expect(answer.statuses).toHaveLength(1)
    const waiting = await sendRaw(target.url(), post(target, 'Content-Length: 1000'), 300)
    expect(waiting.statuses).toEqual([])
  })

  it('an endless stream of requests on one connection is cut off', async () => {
    const one = get(target, '').replace('Connection: close\r\n', '')
    const waited = await longestWait(target, async () => {
      const answer = await sendRaw(target.url(), one.repeat(20_000))
      expect(answer.isClosed).toBe(true)
      expect(answer.statuses.length).toBeLessThan(2_000)
    })
    expect(waited).toBeLessThan(LONGEST_MS)
  })

  it('a few requests at once on one connection are answered in their order', async () => {
    const one = get(target, '').replace('Connection: close\r\n', '')
    const answer = await sendRaw(target.url(), one.repeat(7) + get(target, ''))
    expect(answer.statuses).toEqual(Array.from({ length: 8 }, () => 200))
  })

  it('five hundred clients that trickle bytes delay no other', async () => {
    const sockets = Array.from({ length: 500 }, () => openRaw(target.url()))
    const waited = await longestWait(target, async () => {
      for (const [n, socket] of sockets.entries())
        socket.write(n % 2 === 0 ? 'GET / HTTP/1.1\r\nX-' : post(target, 'Content-Length: 100000'))
      for (let turn = 0; turn < 5; turn += 1) {
        for (const socket of sockets) socket.write('a')
        expect(await target.askAnother()).toBe(true)
      }
    })
    for (const socket of sockets) socket.destroy()
    expect(waited).toBeLessThan(LONGEST_MS)
  })

  it(`serves as before (${name})`, async () => {
    expect(await target.askAnother()).toBe(true)
    expect((await sendRaw(target.url(), get(target, ''))).statuses).toEqual([200])
  })
})

describe('a body that grows when it is unpacked', () => {
  const ZEROS = Buffer.alloc(16 * 1_048_576)
  const PACKED: Readonly<Record<string, Buffer>> = {
    gzip: gzipSync(ZEROS),
    zstd: zstdCompressSync(ZEROS),
  }

  async function memoryOf(pid: number | undefined): Promise<number> {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    return Number(/^VmRSS:\s+(?<kib>\d+)/mu.exec(status)?.groups?.['kib'] ?? 0) * 1024
  }

  it.each([
    ['gzip', 'a statement', ''],
    ['zstd', 'a statement', ''],
    ['gzip', 'rows', 'INSERT INTO bomb FORMAT RowBinary'],
    ['gzip', 'a form', ''],
  ])('by %s as %s is refused at its limit', async (encoding, what, query) => {
    await stack.clickhouse.store.command('CREATE TABLE IF NOT EXISTS bomb (n UInt8) ENGINE = Null')
    const before = await memoryOf(stack.clickhouse.process.pid)
    const packed = Buffer.concat(Array.from({ length: 64 }, () => PACKED[encoding] ?? ZEROS))
    expect(packed.length).toBeLessThan(2_000_000)
    const type = what === 'a form' ? { 'Content-Type': 'multipart/form-data; boundary=a' } : {}
    const target = TARGETS['endpoint']
    if (target === undefined) throw new Error('there is no endpoint')
    const waited = await longestWait(target, async () => {
      const answer = await askClickHouse(stack.clickhouse, query === '' ? {} : { query }, {
        method: 'POST',
        body: packed,
        headers: { ...keyOf('caller'), ...type, 'Content-Encoding': encoding },
      })
      expect(answer.status).toBe(413)
    })
    expect(waited).toBeLessThan(LONGEST_MS)
    expect((await memoryOf(stack.clickhouse.process.pid)) - before).toBeLessThan(400 * 1_048_576)
  })

  it.each([
    ['a size beyond its limit', 0x7f_ff_ff_ff, 100],
    ['a size smaller than its head', 100, 1],
  ])('in blocks that claim %s is refused', async (_, unpacked, packed) => {
    const block = Buffer.alloc(16 + 9 + 100)
    block[16] = 0x82
    block.writeUInt32LE(packed, 17)
    block.writeUInt32LE(unpacked, 21)
    const answer = await askClickHouse(
      stack.clickhouse,
      { decompress: '1' },
      { method: 'POST', body: block, headers: keyOf('read') },
    )
    expect(answer.status).toBe(400)
  })

  it('is no way into the service', async () => {
    const answer = await stack.service.ask('/v1/sql', {
      method: 'POST',
      body: PACKED['gzip'] ?? '',
      headers: {
        Authorization: `Bearer ${ADMIN_KEY}`,
        'Content-Type': 'application/json',
        'Content-Encoding': 'gzip',
      },
    })
    expect([400, 415]).toContain(answer.status)
  })
})
