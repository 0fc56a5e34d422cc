/** Content as it is stored. */
import { BlobRefusedError } from '../../errors.ts'
import type { ContentSource } from '../content-source.ts'
import { crcOf, sizeOf } from '../pieces.ts'
import { readAhead } from '../read-ahead.ts'
import { hashContent } from './content-hash.ts'
import { free, FrameBuffers } from './frame-buffers.ts'
import { INDEX_NUMBER, packFrame, sealed, type Seal } from './frame.ts'
import { objectKey, type MasterKey } from './keyring.ts'
import {
  FRAME_LOG2,
  MAGIC,
  writeFooter,
  writeIndex,
  writePreamble,
  type FrameEntry,
  type Preamble,
} from './layout.ts'
import { inOrder } from './in-order.ts'
import { ZstdStreams } from './zstd-streams.ts'

const ZEROS = Buffer.alloc(16)

export interface EncodeOptions {
  /** Of `blobKey()`: the object's name, which is bound to its frames, and the sha256 that the content must have. */
  key: string
  /** Size of the content. */
  bytes: number
  /** null: not encrypted. */
  master: MasterKey | null
  /** 16 random bytes; the same content, master and salt give the same bytes. Never use one for two contents. */
  salt: Buffer
  /** Size of a frame as a power of two, from 10 to 20. */
  frameLog2?: number
}

/**
 * The stored form, piece by piece, a few frames at a time in memory. A piece changes once the next is asked for.
 * @throws {BlobRefusedError} at the end where the content is shorter, or does not have the sha256 of its key
 */
export async function* encodeBlob(
  source: ContentSource,
  { key, bytes, master, salt, frameLog2 = FRAME_LOG2 }: EncodeOptions,
): AsyncGenerator<Buffer> {
  const preamble: Preamble = {
    cipher: master === null ? 'none' : 'aes-256-gcm',
    frameLog2,
    keyId: master?.id ?? ZEROS,
    salt,
  }
  const seal = sealOf(preamble, master, key)
  const hash = hashContent(bytes)
  const buffers = new FrameBuffers(Math.min(2 ** frameLog2, bytes))
  const zstd = ZstdStreams.toCompress(buffers.capacity)
  const frames: FrameEntry[] = []
  const pack = async (frame: Buffer, number: number) => {
    const packing = packFrame(frame, number, { seal, zstd })
    const [{ pieces: stored, spent }] = await Promise.all([packing, hash.update([frame])])
    return { frame, stored, spent }
  }
  try {
    yield MAGIC
    for await (const { frame, stored, spent } of inOrder(framesOf(source, bytes, buffers), pack)) {
      frames.push({ storedBytes: sizeOf(stored), crc: seal === null ? crcOf(stored) : 0 })
      yield* stored
      spent.forEach(free)
      buffers.giveBack(frame)
    }
    const sha256 = await hash.digest()
    if (!key.endsWith(sha256)) throw new BlobRefusedError(`the content of ${key} has the sha256 ${sha256}`)
    const index = writeIndex({ bytes, sha256, frames })
    const storedIndex = seal === null ? index : Buffer.concat(sealed([index], INDEX_NUMBER, seal))
    yield Buffer.concat([storedIndex, writeFooter(preamble, storedIndex)])
  } finally {
    hash.close()
    zstd.close()
  }
}

export function sealOf(preamble: Preamble, master: MasterKey | null, key: string): Seal | null {
  if (master === null) return null
  return {
    key: objectKey(master, preamble.salt),
    boundTo: Buffer.concat([writePreamble(preamble), Buffer.from(key)]),
  }
}

/** The content in pieces as large as the buffers; the last may be shorter. */
function framesOf(source: ContentSource, bytes: number, buffers: FrameBuffers): AsyncGenerator<Buffer> {
  let at = 0
  const next = (): Promise<Buffer> | null => {
    if (at >= bytes) return null
    const frame = buffers.take(Math.min(buffers.capacity, bytes - at))
    at += frame.length
    return fill(frame, source)
  }
  return readAhead(next, () => source.close())
}

async function fill(frame: Buffer, source: ContentSource): Promise<Buffer> {
  for (let filled = 0; filled < frame.length;) {
    const read = await source.read(frame.subarray(filled))
    if (read === 0) throw new BlobRefusedError('the content is shorter than it was said to be')
    filled += read
  }
  return frame
}
