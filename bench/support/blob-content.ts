/**
 * Writes content for the bench of blobs and prints its sha256: `node blob-content.ts random|text PATH BYTES`. A process of
 * its own, so that what it takes to make is not counted as memory of the blob path.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const CHUNK_BYTES = 262_144
const LINES = 15_000
const WORDS = [
  'request',
  'handled',
  'row',
  'of',
  'table',
  'took',
  'ms',
  'for',
  'agent',
  'retry',
  'queue',
  'written',
]

function* random(bytes: number): Generator<Buffer> {
  for (let made = 0; made < bytes; made += CHUNK_BYTES) yield randomBytes(CHUNK_BYTES)
}

/** Lines such as programs print: a time, a few words, numbers. */
function* text(bytes: number): Generator<Buffer> {
  let line = Math.floor(Math.random() * 1e9)
  for (let made = 0; made < bytes;) {
    const lines: string[] = []
    for (let count = 0; count < LINES; count++) {
      line += 1
      const word = (step: number) => WORDS[(line * step) % WORDS.length] ?? ''
      lines.push(
        `2026-11-30T12:${line % 60}:${(line * 7) % 60} ${word(3)} ${word(5)} ${(line * 2_654_435_761) % 1e6} ${word(7)}`,
      )
    }
    const chunk = Buffer.from(lines.join('\n'))
    made += chunk.length
    yield chunk
  }
}

const [kind, path = '', bytes] = process.argv.slice(2)
const hash = createHash('sha256')
const hashed = function* hashed() {
  for (const chunk of kind === 'text' ? text(Number(bytes)) : random(Number(bytes))) {
    hash.update(chunk)
    yield chunk
  }
}
await pipeline(Readable.from(hashed(), { objectMode: false }), createWriteStream(path, { flush: true }))
process.stdout.write(hash.digest('hex'))
