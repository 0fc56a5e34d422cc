/**
 * ClickHouse's own compressed format, of `compress=1` and `decompress=1`: blocks of a checksum (16 bytes), a method (1),
 * the length with this header of 9 bytes (4), the length unpacked (4), and the data.
 */
import { zstdDecompressSync } from 'node:zlib'
import { RefusedStatement } from '../refusal.ts'
import type { ByteReader } from './byte-reader.ts'
import { cityHash128 } from './city-hash.ts'
import { compressBlock, decompressBlock } from './lz4.ts'

const CHECKSUM_BYTES = 16
const HEADER_BYTES = 9
/** A block's contents; clients write 1 to 10 MiB. */
const MAX_BLOCK_BYTES = 33_554_432
/** Largest LZ4 output for incompressible data. */
const MAX_COMPRESSED_BYTES = MAX_BLOCK_BYTES + MAX_BLOCK_BYTES / 255 + 64
const WRITTEN_BYTES = 262_144
const METHODS = { none: 0x02, lz4: 0x82, zstd: 0x90 } as const

/** Compresses a stream into blocks. */
export async function* compressBlocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += WRITTEN_BYTES) {
      const part = piece.subarray(at, at + WRITTEN_BYTES)
      yield framed(METHODS.lz4, compressBlock(part), part.length)
    }
  }
}

/** A text in an uncompressed block, which a client without support for blocks can still read. */
export function uncompressedBlock(text: string): Buffer {
  const bytes = Buffer.from(text)
  return framed(METHODS.none, bytes, bytes.length)
}

function framed(method: number, data: Uint8Array, contentBytes: number): Buffer {
  const head = Buffer.alloc(HEADER_BYTES)
  head.writeUInt8(method, 0)
  head.writeUInt32LE(HEADER_BYTES + data.length, 1)
  head.writeUInt32LE(contentBytes, 5)
  const block = Buffer.concat([head, data])
  return Buffer.concat([cityHash128(block), block])
}

/**
 * Decompresses a stream of blocks.
 * @throws {RefusedStatement} code 12 for a block that is too large, 40 for a wrong checksum, 271 for invalid data
 */
export async function* decompressBlocks(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const start = await reader.read(CHECKSUM_BYTES + HEADER_BYTES)
    if (start === null) return
    const head = start.subarray(CHECKSUM_BYTES)
    const packedBytes = head.readUInt32LE(1) - HEADER_BYTES
    const contentBytes = head.readUInt32LE(5)
    if (packedBytes < 0 || packedBytes > MAX_COMPRESSED_BYTES || contentBytes > MAX_BLOCK_BYTES)
      throw new RefusedStatement(
        12,
        `Too large size of a compressed block: ${packedBytes} bytes packed, ${contentBytes} unpacked; at most ${MAX_BLOCK_BYTES} are taken here. Most likely corrupted data`,
      )
    const data = (await reader.read(packedBytes)) ?? Buffer.alloc(0)
    if (!cityHash128(Buffer.concat([head, data])).equals(start.subarray(0, CHECKSUM_BYTES)))
      throw new RefusedStatement(40, "Checksum doesn't match: corrupted data in a compressed block")
    const contents = decompressData(head.readUInt8(0), data, contentBytes)
    if (contents.length !== contentBytes)
      throw cannotDecompress(`a block has not the ${contentBytes} bytes it says`)
    yield contents
  }
}

function decompressData(method: number, data: Buffer, contentBytes: number): Buffer {
  if (method === METHODS.none) return data
  if (method !== METHODS.lz4 && method !== METHODS.zstd)
    throw new RefusedStatement(
      89,
      `Unknown compression method code: ${method}; LZ4, ZSTD and NONE are taken here`,
    )
  try {
    return method === METHODS.lz4
      ? decompressBlock(data, contentBytes)
      : zstdDecompressSync(data, { maxOutputLength: Math.max(contentBytes, 1) })
  } catch (error) {
    throw cannotDecompress(error instanceof Error ? error.message : String(error))
  }
}

function cannotDecompress(reason: string): RefusedStatement {
  return new RefusedStatement(271, `Cannot decompress: ${reason}`)
}
