/** Memory of a large reply over a real socket, to a reader that takes its time. */
import { randomBytes } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import type { ApiEnv } from '../../src/api/context.ts'
import { sentCopiesOf } from '../../src/api/sent-copies.ts'
import { serve } from '../../src/api/server.ts'
import { streamBody } from '../../src/api/stream-body.ts'

const PIECE_BYTES = 262_144
const PIECES = 400
const contents = Array.from({ length: 7 }, () => randomBytes(PIECE_BYTES))

/** Each piece is in the same memory, which the next one changes. */
async function* changing(): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(PIECE_BYTES)
  for (let piece = 0; piece < PIECES; piece += 1) {
    contents[piece % contents.length]?.copy(memory)
    // The last is shorter than those before.
    yield piece === PIECES - 1 ? memory.subarray(0, 1000) : memory
  }
}

it('a reader gets every byte from memory that is used again', async () => {
  const memory = new Set<ArrayBufferLike>()
  const app = new Hono<ApiEnv>().get('/', (c) => {
    const copies = async function* copies() {
      for await (const copy of sentCopiesOf(changing(), c.env.outgoing)) {
        memory.add(copy.buffer)
        yield copy
      }
    }
    return new Response(streamBody(c, copies(), { log: expect.unreachable }))
  })
  const listening = await serve(app, { port: 0 })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(listening.url, resolve).on('error', reject)
  })
  let at = 0
  for await (const received of response) {
    for (let seen = 0; seen < received.length;) {
      const source = contents[Math.floor(at / PIECE_BYTES) % contents.length] ?? Buffer.alloc(0)
      const from = at % PIECE_BYTES
      const length = Math.min(received.length - seen, PIECE_BYTES - from)
      if (source.compare(received, seen, seen + length, from, from + length) !== 0)
        expect.unreachable(`other bytes at ${at}`)
      seen += length
      at += length
    }
  }
  await listening.close()
  expect(at).toBe((PIECES - 1) * PIECE_BYTES + 1000)
  expect(memory.size).toBeLessThan(10)
})

it('copies stay as they are where no response says that they were written', async () => {
  const copies: Uint8Array[] = []
  for await (const copy of sentCopiesOf(changing(), undefined)) copies.push(copy)
  expect(copies.length).toBe(PIECES)
  expect(contents[3]?.equals(copies[3] ?? Buffer.alloc(0))).toBe(true)
  expect(contents[4]?.equals(copies[4] ?? Buffer.alloc(0))).toBe(true)
})
