/**
 * The bytes of a stored object:
 *
 *   magic (8) | frame … | index | footer (52)
 *
 * A frame holds 2^frameLog2 bytes of content, the last one less: a byte for the method (0 as it is, 1 zstd) and the
 * data, sealed with AES-256-GCM where the object is encrypted. The index has the size and the sha256 of the content,
 * and of each frame its stored size and, where it is not sealed, a CRC-32. Whoever reads begins at the end.
 * Integers are big-endian.
 */
import { crc32 } from 'node:zlib'
import { BlobDamagedError } from '../../errors.ts'

export const MAGIC = Buffer.from('EXBLOB1\n')
const FOOTER_MAGIC = Buffer.from('EXBLOBE\n')
/** Version, cipher, frameLog2, a zero, key id, salt: bound to every sealed frame. */
const PREAMBLE_BYTES = 36
export const FOOTER_BYTES = PREAMBLE_BYTES + 8 + FOOTER_MAGIC.length
const VERSION = 1
const ENTRY_BYTES = 8
const INDEX_HEAD_BYTES = 40
export const TAG_BYTES = 16
/** Of new objects; those of earlier versions have 18. Larger ones cost fewer turns, and more memory. */
export const FRAME_LOG2 = 19
/** Content that comes in pieces of so many bytes is not copied. */
export const FRAME_BYTES = 2 ** FRAME_LOG2
const FRAME_LOG2_MAX = 20
/** One terabyte in frames of usual size. */
const FRAMES_MAX = 1_048_576

export type Cipher = 'none' | 'aes-256-gcm'

export interface Preamble {
  cipher: Cipher
  frameLog2: number
  /** Zeros where the object is not encrypted. */
  keyId: Buffer
  salt: Buffer
}

export interface Footer extends Preamble {
  indexBytes: number
  /** CRC-32 of the index as it is stored and the preamble. */
  checksum: number
}

export interface FrameEntry {
  storedBytes: number
  /** Of the stored frame; 0 where the frame is sealed. */
  crc: number
}

export interface BlobIndex {
  /** Of the content. */
  bytes: number
  sha256: string
  frames: readonly FrameEntry[]
}

export function writePreamble({ cipher, frameLog2, keyId, salt }: Preamble): Buffer {
  return Buffer.concat([Buffer.from([VERSION, cipher === 'none' ? 0 : 1, frameLog2, 0]), keyId, salt])
}

/** @param index as it is stored */
export function writeFooter(preamble: Preamble, index: Buffer): Buffer {
  const start = writePreamble(preamble)
  const sizes = Buffer.alloc(8)
  sizes.writeUInt32BE(index.length, 0)
  sizes.writeUInt32BE(crc32(start, crc32(index)), 4)
  return Buffer.concat([start, sizes, FOOTER_MAGIC])
}

/** @param tail the last 52 bytes of an object. @throws {BlobDamagedError} */
export function readFooter(tail: Buffer): Footer {
  const isFooter = tail.length === FOOTER_BYTES && tail.subarray(-FOOTER_MAGIC.length).equals(FOOTER_MAGIC)
  if (!isFooter)
    throw new BlobDamagedError('the object has no footer: it is cut, or exectrail did not write it')
  const [version, cipher = 2, frameLog2 = 0, zero] = tail
  const isKnown = version === VERSION && cipher <= 1 && zero === 0
  if (!isKnown || frameLog2 < 10 || frameLog2 > FRAME_LOG2_MAX)
    throw new BlobDamagedError('the footer of the object names a format that this version does not know', {
      hint: 'read it with the version of exectrail that wrote it',
    })
  return {
    cipher: cipher === 0 ? 'none' : 'aes-256-gcm',
    frameLog2,
    keyId: tail.subarray(4, 20),
    salt: tail.subarray(20, PREAMBLE_BYTES),
    indexBytes: tail.readUInt32BE(PREAMBLE_BYTES),
    checksum: tail.readUInt32BE(PREAMBLE_BYTES + 4),
  }
}

/** @param index as it is stored. @throws {BlobDamagedError} */
export function checkIndex(index: Buffer, footer: Footer): void {
  if (crc32(writePreamble(footer), crc32(index)) !== footer.checksum) throw inconsistent()
}

export function writeIndex({ bytes, sha256, frames }: BlobIndex): Buffer {
  const index = Buffer.alloc(INDEX_HEAD_BYTES + frames.length * ENTRY_BYTES)
  index.writeBigUInt64BE(BigInt(bytes), 0)
  index.write(sha256, 8, 'hex')
  frames.forEach(({ storedBytes, crc }, number) => {
    index.writeUInt32BE(storedBytes, INDEX_HEAD_BYTES + number * ENTRY_BYTES)
    index.writeUInt32BE(crc, INDEX_HEAD_BYTES + number * ENTRY_BYTES + 4)
  })
  return index
}

/** Size of the largest index, as it is stored. */
export const INDEX_BYTES_MAX = INDEX_HEAD_BYTES + FRAMES_MAX * ENTRY_BYTES + TAG_BYTES

/** @param index unsealed; @param storedBytes of the whole object. @throws {BlobDamagedError} where they do not agree */
export function readIndex(index: Buffer, footer: Footer, storedBytes: number): BlobIndex {
  if (index.length < INDEX_HEAD_BYTES) throw inconsistent()
  const bytes = Number(index.readBigUInt64BE(0))
  const frameBytes = 2 ** footer.frameLog2
  const count = Math.ceil(bytes / frameBytes)
  if (index.length !== INDEX_HEAD_BYTES + count * ENTRY_BYTES) throw inconsistent()
  const frames = Array.from({ length: count }, (_, number) => ({
    storedBytes: index.readUInt32BE(INDEX_HEAD_BYTES + number * ENTRY_BYTES),
    crc: index.readUInt32BE(INDEX_HEAD_BYTES + number * ENTRY_BYTES + 4),
  }))
  const sum = frames.reduce((total, frame) => total + frame.storedBytes, 0)
  const isBounded = frames.every((frame) => frame.storedBytes <= frameBytes + 1 + TAG_BYTES)
  if (!isBounded || sum + MAGIC.length + footer.indexBytes + FOOTER_BYTES !== storedBytes)
    throw inconsistent()
  return { bytes, sha256: index.toString('hex', 8, INDEX_HEAD_BYTES), frames }
}

function inconsistent(): BlobDamagedError {
  return new BlobDamagedError('the index of the object does not fit the object: it was cut or changed')
}
