/** What a request's body is once HTTP's encoding and ClickHouse's blocks are taken off. */
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
import { unpackBlocks } from './blocks.ts'
import { readBytes } from './byte-reader.ts'
import { unpackFrames } from './lz4.ts'

/** 2^25 bytes of memory at most, whatever the sender's own window was. */
const ZSTD_WINDOW_LOG = 25
const UNPACKERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } })],
])

/**
 * The contents in pieces; each stage holds no more than a block.
 * @throws {RefusedStatement} code 48 for an unknown encoding, 271 for data that is not what the header says
 */
export function unpack(request: IncomingMessage, inBlocks: boolean): AsyncIterable<Uint8Array> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const plain = decode(request, encoding)
  return inBlocks ? explained(unpackBlocks(readBytes(plain)), 'in blocks of ClickHouse') : plain
}

function decode(request: IncomingMessage, encoding: string): AsyncIterable<Uint8Array> {
  if (encoding === 'identity' || encoding === '') return request
  if (encoding === 'lz4') return explained(unpackFrames(readBytes(request)), encoding)
  const create = UNPACKERS.get(encoding)
  if (create === undefined)
    throw new RefusedStatement(
      48,
      `Unknown compression method in Content-Encoding: ${JSON.stringify(encoding)}; gzip, deflate, br, zstd and lz4 are taken here`,
    )
  const unpacker = create()
  // The loop that reads meets the same error; a pipe alone would never end when the sender goes away.
  pipeline(request, unpacker, () => undefined)
  return explained(unpacker, encoding)
}

async function* explained(source: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (error) {
    if (error instanceof RefusedStatement) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new RefusedStatement(271, `The body is not ${encoding}: ${reason}`)
  }
}
