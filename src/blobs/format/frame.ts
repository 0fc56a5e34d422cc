/** One frame: compressed where that makes it smaller, sealed where the object is encrypted. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { crc32, zstdCompressSync } from 'node:zlib'
import { BlobDamagedError } from '../../errors.ts'
import { sizeOf, type Pieces } from '../pieces.ts'
import { free } from './frame-buffers.ts'
import { TAG_BYTES, type FrameEntry } from './layout.ts'
import { COMPRESSION, type Made, type ZstdStreams } from './zstd-streams.ts'

/** Both as bytes, because a frame begins with one. */
const METHOD = { plain: Buffer.from([0]), zstd: Buffer.from([1]) }
/** Compressed first: what does not shrink here is stored as it is, so that random bytes cost little. */
const SAMPLE_BYTES = 8192
/** zstd takes less memory for what it knows to be short. Its result has memory of its own, which can be freed. */
const SAMPLE_COMPRESSION = {
  params: COMPRESSION,
  pledgedSrcSize: SAMPLE_BYTES,
  chunkSize: Buffer.poolSize + SAMPLE_BYTES,
}
/** Number of the index in its nonce, which no frame has. */
export const INDEX_NUMBER = 0xff_ff_ff_ff

/** Of one object: the key that seals its frames, and what binds them to it; null where it is not encrypted. */
export interface Seal {
  key: Buffer
  /** The preamble and the object's name. */
  boundTo: Buffer
}

export interface FrameTools {
  /** Null where the object is not encrypted. */
  seal: Seal | null
  zstd: ZstdStreams
}

/** A frame as it is stored, in pieces, so that it is not copied. Compresses in another thread. */
export async function packFrame(content: Buffer, number: number, { seal, zstd }: FrameTools): Promise<Made> {
  const { pieces, spent } = await shrink(content, zstd)
  if (seal === null) return { pieces, spent }
  const own = sealed(pieces, number, seal)
  return { pieces: own, spent: [...spent, ...own.map(({ buffer }) => buffer)] }
}

/** Its content, which may lie in `stored`. @param bytes size of the content. @throws {BlobDamagedError} */
export async function unpackFrame(
  stored: Buffer,
  { crc, number, bytes }: Pick<FrameEntry, 'crc'> & { number: number; bytes: number },
  { seal, zstd }: FrameTools,
): Promise<Made> {
  if (seal === null && crc32(stored) !== crc) throw damaged(number)
  const packed = seal === null ? stored : unsealed(stored, number, seal)
  const [method] = packed
  const data = packed.subarray(1)
  const spent = packed === stored ? [] : [packed.buffer]
  if (method === 1) {
    const content = await expand(data, { number, bytes, zstd })
    spent.forEach(free)
    return content
  }
  if (method !== 0 || data.length !== bytes) throw damaged(number)
  return { pieces: [data], spent }
}

export function sealed(plain: Pieces, number: number, { key, boundTo }: Seal): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number))
  cipher.setAAD(boundTo)
  const pieces = plain.map((piece) => cipher.update(piece))
  return [...pieces, cipher.final(), cipher.getAuthTag()]
}

/** @throws {BlobDamagedError} where it was changed, moved, or belongs to another object */
export function unsealed(stored: Buffer, number: number, { key, boundTo }: Seal): Buffer {
  const bytes = stored.length - TAG_BYTES
  if (bytes < 0) throw damaged(number)
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number), { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo)
  decipher.setAuthTag(stored.subarray(bytes))
  const plain = decipher.update(stored.subarray(0, bytes))
  try {
    decipher.final()
  } catch (error) {
    throw damaged(number, error)
  }
  return plain
}

/** The key serves one object, so that its frames' numbers are nonces. */
function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(number, 8)
  return nonce
}

async function shrink(content: Buffer, zstd: ZstdStreams): Promise<Made> {
  const plain = { pieces: [METHOD.plain, content], spent: [] }
  if (!mayShrink(content)) return plain
  const { pieces, spent } = await zstd.run(content, Infinity)
  return { pieces: sizeOf(pieces) < content.length ? [METHOD.zstd, ...pieces] : plain.pieces, spent }
}

function mayShrink(content: Buffer): boolean {
  if (content.length <= 4 * SAMPLE_BYTES) return true
  const { length, buffer } = zstdCompressSync(content.subarray(0, SAMPLE_BYTES), SAMPLE_COMPRESSION)
  free(buffer)
  return length <= SAMPLE_BYTES
}

/** A hostile frame neither grows beyond its size nor asks for a large window. */
async function expand(
  data: Buffer,
  { number, bytes, zstd }: { number: number; bytes: number; zstd: ZstdStreams },
): Promise<Made> {
  try {
    const made = await zstd.run(data, bytes)
    if (sizeOf(made.pieces) === bytes) return made
  } catch (error) {
    throw damaged(number, error)
  }
  throw damaged(number)
}

export function damaged(number: number, cause?: unknown): BlobDamagedError {
  const what = number === INDEX_NUMBER ? 'The index' : `Frame ${number}`
  return new BlobDamagedError(`${what} of the object is not what was stored: it was changed, moved or cut`, {
    cause,
  })
}
