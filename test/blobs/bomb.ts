/** A well-formed object of one frame that claims a few bytes and expands to 16 MiB. */
import { crc32, zstdCompressSync } from 'node:zlib'
import { MAGIC, writeFooter, writeIndex } from '../../src/blobs/format/layout.ts'

export function bombFor(key: string): Buffer {
  const frame = Buffer.concat([Buffer.from([1]), zstdCompressSync(Buffer.alloc(2 ** 24))])
  const index = writeIndex({
    bytes: 1000,
    sha256: key.slice(65),
    frames: [{ storedBytes: frame.length, crc: crc32(frame) }],
  })
  const preamble = { cipher: 'none', frameLog2: 20, keyId: Buffer.alloc(16), salt: Buffer.alloc(16) } as const
  return Buffer.concat([MAGIC, frame, index, writeFooter(preamble, index)])
}
