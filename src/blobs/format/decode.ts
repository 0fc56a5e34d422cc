/** A stored object's content, whole or in part. Everything in the object may be hostile. */
import { BlobDamagedError } from '../../errors.ts'
import type { ShortLived } from '../blob-store.ts'
import { hashContent } from './content-hash.ts'
import { sealOf } from './encode.ts'
import { free, FrameBuffers } from './frame-buffers.ts'
import { damaged, INDEX_NUMBER, unpackFrame, unsealed, type Seal } from './frame.ts'
import { inOrder } from './in-order.ts'
import type { Keyring, MasterKey } from './keyring.ts'
import {
  checkIndex,
  FOOTER_BYTES,
  INDEX_BYTES_MAX,
  MAGIC,
  readFooter,
  readIndex,
  type BlobIndex,
  type Footer,
} from './layout.ts'
import { ZstdStreams } from './zstd-streams.ts'

/** Reads bytes of the stored object, bounds inclusive. */
export type ReadRange = (start: number, end: number) => Promise<ShortLived>

export interface BlobDirectory {
  footer: Footer
  index: BlobIndex
  seal: Seal | null
}

/** Read with the footer: enough for the index of 8,000 frames. */
export const TAIL_BYTES = 65_536

/** Footer and index of the object named `key`. @throws {BlobDamagedError} also where no key of the ring decrypts it */
export async function readDirectory(
  read: ReadRange,
  { key, storedBytes, keyring }: { key: string; storedBytes: number; keyring: Keyring },
): Promise<BlobDirectory> {
  const tailBytes = Math.min(storedBytes, TAIL_BYTES)
  if (tailBytes < FOOTER_BYTES) throw new BlobDamagedError('the object is too short for one of exectrail')
  const tail = await collect(await read(storedBytes - tailBytes, storedBytes - 1), tailBytes)
  const footer = readFooter(tail.subarray(-FOOTER_BYTES))
  const seal = sealOf(footer, masterOf(footer, keyring), key)
  const { indexBytes } = footer
  if (indexBytes > INDEX_BYTES_MAX || indexBytes + FOOTER_BYTES + MAGIC.length > storedBytes)
    throw damaged(INDEX_NUMBER)
  const from = storedBytes - FOOTER_BYTES - indexBytes
  const stored =
    indexBytes + FOOTER_BYTES <= tailBytes
      ? tail.subarray(tailBytes - FOOTER_BYTES - indexBytes, tailBytes - FOOTER_BYTES)
      : await collect(await read(from, from + indexBytes - 1), indexBytes)
  checkIndex(stored, footer)
  const plain = seal === null ? stored : unsealed(stored, INDEX_NUMBER, seal)
  const index = readIndex(plain, footer, storedBytes)
  if (!key.endsWith(index.sha256)) throw new BlobDamagedError('the object is that of another name')
  return { footer, index, seal }
}

function masterOf({ cipher, keyId }: Footer, keyring: Keyring): MasterKey | null {
  if (cipher === 'none') return null
  const master = keyring.find(keyId)
  if (master !== null) return master
  throw new BlobDamagedError(
    `the object is encrypted with the key ${keyId.toString('hex')}, which is not among the keys`,
    {
      hint: 'add the key it was stored with to EXECTRAIL_BLOBS_KEYS, after the current one',
    },
  )
}

/**
 * Content from `start` to `end`, inclusive and inside it; reads only the frames it needs, a few at a time. A whole read
 * also checks the sha256. A piece changes once the next is asked for.
 * @throws {BlobDamagedError} where a frame is not what was stored
 */
export async function* decodeRange(
  read: ReadRange,
  { footer, index, seal }: BlobDirectory,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Buffer> {
  const isWhole = start === 0 && end === index.bytes - 1
  const frameBytes = 2 ** footer.frameLog2
  const { first, entries, from, to } = framesWith(start, end, { index, frameBytes })
  const zstd = ZstdStreams.toExpand(Math.min(frameBytes, index.bytes))
  const hash = isWhole ? hashContent(index.bytes) : null
  const buffers = new FrameBuffers(entries.reduce((most, { storedBytes }) => Math.max(most, storedBytes), 0))
  const stored = entries.length === 0 ? [] : entriesOf(await read(from, to - 1), entries, buffers)
  const unpack = async (frame: Buffer, position: number) => {
    const number = first + position
    const bytes = Math.min(frameBytes, index.bytes - number * frameBytes)
    const crc = entries[position]?.crc ?? 0
    const { pieces, spent } = await unpackFrame(frame, { number, bytes, crc }, { seal, zstd })
    return { frame, pieces, spent }
  }
  let at = first * frameBytes
  try {
    for await (const { frame, pieces, spent } of inOrder(stored, unpack)) {
      await hash?.update(pieces)
      for (const piece of pieces) {
        const part = piece.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at))
        at += piece.length
        if (part.length > 0) yield part
      }
      spent.forEach(free)
      buffers.giveBack(frame)
    }
    if (hash !== null && (await hash.digest()) !== index.sha256)
      throw new BlobDamagedError('the content of the object is not what was stored: its sha256 differs')
  } finally {
    hash?.close()
    zstd.close()
  }
}

/** The frames that hold the bytes from `start` to `end`, and where they begin and end in the object, exclusive. */
function framesWith(
  start: number,
  end: number,
  { index, frameBytes }: { index: BlobIndex; frameBytes: number },
) {
  const first = Math.floor(start / frameBytes)
  const entries = index.frames.slice(first, Math.floor(end / frameBytes) + 1)
  const from = MAGIC.length + sizeOfAll(index.frames.slice(0, first))
  return { first, entries, from, to: from + sizeOfAll(entries) }
}

function sizeOfAll(frames: BlobIndex['frames']): number {
  return frames.reduce((sum, frame) => sum + frame.storedBytes, 0)
}

/** The stored frames, each in a buffer. */
async function* entriesOf(
  pieces: ShortLived,
  entries: BlobIndex['frames'],
  buffers: FrameBuffers,
): AsyncGenerator<Buffer> {
  let frame: Buffer | null = null
  let filled = 0
  let number = 0
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const entry = entries[number]
      if (entry === undefined) throw tooLong()
      frame ??= buffers.take(entry.storedBytes)
      const part = piece.subarray(at, at + frame.length - filled)
      frame.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < frame.length) continue
      yield frame
      frame = null
      filled = 0
      number += 1
    }
  }
  if (number < entries.length) throw new BlobDamagedError('the object ends before its last frame')
}

/** All of it, which must be `bytes` long. @throws {BlobDamagedError} */
export async function collect(pieces: ShortLived, bytes: number): Promise<Buffer> {
  const collected = Buffer.allocUnsafeSlow(bytes)
  let seen = 0
  for await (const piece of pieces) {
    if (seen + piece.length > bytes) throw tooLong()
    collected.set(piece, seen)
    seen += piece.length
  }
  if (seen < bytes) throw new BlobDamagedError('the object ends before its index')
  return collected
}

function tooLong(): BlobDamagedError {
  return new BlobDamagedError('the blob store gave more bytes than were asked for')
}
