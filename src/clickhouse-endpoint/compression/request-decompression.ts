/** Decompresses a request's body: the HTTP encoding, then ClickHouse's blocks. */
import type { IncomingMessage } from 'node:http'
import { pipeline, type Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'
import { RefusedStatement } from '../refusal.ts'
import { decompressBlocks } from './blocks.ts'
import { readBytes } from './byte-reader.ts'
import { decompressFrames } from './lz4.ts'

/** At most 2^25 bytes of memory, whatever the sender's window. */
const ZSTD_WINDOW_LOG = 25
const DECOMPRESSORS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } })],
])

/**
 * The decompressed pieces; each stage holds at most one block.
 * @throws {RefusedStatement} code 48 for an unknown encoding, 271 for data that does not match the header
 */
export function decompress(request: IncomingMessage, inBlocks: boolean): AsyncIterable<Uint8Array> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const plain = decode(request, encoding)
  return inBlocks ? withReason(decompressBlocks(readBytes(plain)), 'in blocks of ClickHouse') : plain
}

function decode(request: IncomingMessage, encoding: string): AsyncIterable<Uint8Array> {
  if (encoding === 'identity' || encoding === '') return request
  if (encoding === 'lz4') return withReason(decompressFrames(readBytes(request)), encoding)
  const create = DECOMPRESSORS.get(encoding)
  if (create === undefined)
    throw new RefusedStatement(
      48,
      `Unknown compression method in Content-Encoding: ${JSON.stringify(encoding)}; gzip, deflate, br, zstd and lz4 are taken here`,
    )
  const decompressor = create()
  // The reading loop gets the same error. A plain pipe would not end when the sender disconnects.
  pipeline(request, decompressor, () => undefined)
  return withReason(decompressor, encoding)
}

async function* withReason(source: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (error) {
    if (error instanceof RefusedStatement) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new RefusedStatement(271, `The body is not ${encoding}: ${reason}`)
  }
}
