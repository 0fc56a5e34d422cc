/** LZ4: single blocks, and the frames of `Content-Encoding: lz4`. */
import { compressSync, uncompressSync } from 'lz4-napi'
import type { ByteReader } from './byte-reader.ts'

/** Distance that an LZ4 sequence may refer back. */
const WINDOW_BYTES = 65_536
const MAGIC = 0x184d2204
const SKIPPABLE = 0x184d2a50
const BLOCK_BYTES = 65_536
/** Version 1, independent blocks of at most 64 KiB, no checksums; the last byte is the header's own. */
const HEADER = Buffer.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82)
const STORED = 0x80000000

/** One block, without its length. */
export function compressBlock(bytes: Uint8Array): Buffer {
  // The library puts the length in front.
  return compressSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).subarray(4)
}

/** Decompresses one block of at most `maxBytes`; `history` precedes it when blocks are linked. @throws Error */
export function decompressBlock(block: Uint8Array, maxBytes: number, history?: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(maxBytes)
  return uncompressSync(Buffer.concat([length, block]), history)
}

/** Compresses a stream into one frame. */
export async function* compressFrame(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield HEADER
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += BLOCK_BYTES) yield sized(piece.subarray(at, at + BLOCK_BYTES))
  }
  yield Buffer.alloc(4)
}

function sized(bytes: Uint8Array): Buffer {
  const packed = compressBlock(bytes)
  const smaller = packed.length < bytes.length
  const head = Buffer.alloc(4)
  head.writeUInt32LE(smaller ? packed.length : STORED + bytes.length)
  return Buffer.concat([head, smaller ? packed : bytes])
}

/** Decompresses a stream of frames, block by block; checksums are ignored. @throws Error for invalid data */
export async function* decompressFrames(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const magic = (await reader.read(4))?.readUInt32LE()
    if (magic === undefined) return
    if (magic === MAGIC) yield* decompressFrame(reader)
    else if (magic >>> 4 === SKIPPABLE >>> 4) await skip(reader, (await need(reader, 4)).readUInt32LE())
    else throw new Error('not the magic number of an LZ4 frame')
  }
}

async function* decompressFrame(reader: ByteReader): AsyncGenerator<Buffer> {
  const [flags = 0, descriptor = 0] = await need(reader, 2)
  if (flags >> 6 !== 1) throw new Error('not version 1 of the LZ4 frame format')
  if ((flags & 1) === 1) throw new Error('LZ4 dictionaries are not supported')
  const maxBytes = [65_536, 262_144, 1_048_576, 4_194_304][(descriptor >> 4) - 4]
  if (maxBytes === undefined) throw new Error('not a block size of the LZ4 frame format')
  // The length of the contents, and the header's checksum.
  await need(reader, ((flags >> 3) & 1) === 1 ? 9 : 1)
  const linked = ((flags >> 5) & 1) === 0
  let history: Buffer = Buffer.alloc(0)
  for (;;) {
    const head = (await need(reader, 4)).readUInt32LE()
    if (head === 0) break
    const length = head & 0x7fffffff
    if (length > maxBytes) throw new Error('an LZ4 block is larger than its frame says')
    const block = await need(reader, length)
    const contents = head >= STORED ? block : decompressBlock(block, maxBytes, linked ? history : undefined)
    if (((flags >> 4) & 1) === 1) await need(reader, 4)
    if (linked) history = Buffer.concat([history, contents]).subarray(-WINDOW_BYTES)
    yield contents
  }
  if (((flags >> 2) & 1) === 1) await need(reader, 4)
}

async function need(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.read(length)
  if (bytes === null) throw new RangeError('the data ends in the middle of a frame')
  return bytes
}

async function skip(reader: ByteReader, length: number): Promise<void> {
  for (let left = length; left > 0; left -= WINDOW_BYTES) await need(reader, Math.min(left, WINDOW_BYTES))
}
