/** ClickHouse's compressed blocks for tests: by the product's code, and by hand. */
import { buffer } from 'node:stream/consumers'
import { compressBlocks, decompressBlocks } from '../../src/clickhouse-endpoint/compression/blocks.ts'
import { readBytes } from '../../src/clickhouse-endpoint/compression/byte-reader.ts'
import { cityHash128 } from '../../src/clickhouse-endpoint/compression/city-hash.ts'

export async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export const inBlocks = (bytes: Uint8Array): Promise<Buffer> => buffer(compressBlocks(pieces(bytes, 1 << 20)))
export const outOfBlocks = (bytes: Uint8Array): Promise<Buffer> =>
  buffer(decompressBlocks(readBytes(pieces(bytes))))

/** A block as ClickHouse writes it, by hand. */
export function block(method: number, data: Buffer, length: number): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt8(method)
  head.writeUInt32LE(data.length + 9, 1)
  head.writeUInt32LE(length, 5)
  const rest = Buffer.concat([head, data])
  return Buffer.concat([cityHash128(rest), rest])
}
