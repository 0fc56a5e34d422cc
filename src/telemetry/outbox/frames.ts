/**
 * Frames on disk: magic, payload length and CRC-32 (4 bytes each, little-endian), the time it was written
 * (8 bytes, epoch ms, double), then the payload; the sum covers time and payload. A payload is one letter,
 * for some the execution's id, and one or two lines of JSON. JSON holds neither a raw newline nor the
 * magic's first byte, which no UTF-8 holds: nothing in a payload can look like a frame.
 */
import { crc32 } from 'node:zlib'

/**
 * B: an execution began: its id, the log record, then attributes for its completion in case of a crash.
 * C: it completed: its id, the log record, then the span. E: it ended, only its id. L, S: a log record or a span of
 * the host program: scope, then record.
 */
type FrameKind = 'B' | 'C' | 'E' | 'L' | 'S'

export interface Frame {
  kind: FrameKind
  /** Of B, C and E; '' of the others. */
  executionId: string
  /** JSON without a raw newline; '' when there is none. */
  first: string
  second: string
}

/** A frame as read: its JSON stays bytes, which are sent as they are. */
export interface StoredFrame {
  kind: FrameKind
  executionId: string
  first: Buffer
  second: Buffer
  /** When it was written, epoch ms. */
  writtenMs: number
  /** Where it begins in what was decoded, and its bytes there. */
  at: number
  bytes: number
}

const MAGIC = Buffer.from([0xff, 0x45, 0x58, 0x32])
export const HEADER_BYTES = 20
const SUMMED_FROM = 12
const ID_BYTES = 36
const NEWLINE = 0x0a
export const MAX_PAYLOAD_BYTES = 16 * 1_048_576

/** Log records and spans a frame carries: C has one of each, E none. */
export function recordsOf({ kind }: Pick<Frame, 'kind'>): number {
  if (kind === 'C') return 2
  return kind === 'E' ? 0 : 1
}

/** When the frame that begins with these bytes was written, epoch ms; null where none begins. */
export function writtenMsOf(header: Buffer): number | null {
  const isHeader = header.length >= HEADER_BYTES && header.compare(MAGIC, 0, 4, 0, 4) === 0
  return isHeader ? header.readDoubleLE(SUMMED_FROM) : null
}

/** Most bytes `writeFrame` may need: no UTF-16 unit takes more than three. */
export function frameBytesAtMost({ first, second }: Frame): number {
  return HEADER_BYTES + 1 + ID_BYTES + 1 + 3 * (first.length + second.length)
}

/** Writes a frame at `at` and returns the offset after it. `into` must have room, see `frameBytesAtMost`. */
export function writeFrame(into: Buffer, at: number, frame: Frame, nowMs: number): number {
  const payload = at + HEADER_BYTES
  let end = payload + into.write(frame.kind + frame.executionId, payload, 'latin1')
  end += into.write(frame.first, end)
  if (frame.second !== '') {
    into[end] = NEWLINE
    end += 1 + into.write(frame.second, end + 1)
  }
  MAGIC.copy(into, at)
  into.writeUInt32LE(end - payload, at + 4)
  into.writeDoubleLE(nowMs, at + SUMMED_FROM)
  into.writeUInt32LE(crc32(into.subarray(at + SUMMED_FROM, end)), at + 8)
  return end
}

/** One frame as bytes of its own. */
export function encodeFrame(frame: Frame, nowMs: number): Buffer {
  const bytes = Buffer.allocUnsafe(frameBytesAtMost(frame))
  return bytes.subarray(0, writeFrame(bytes, 0, frame, nowMs))
}

export interface Decoded {
  frames: StoredFrame[]
  /** Bytes read; what follows may be a frame that is still being written. */
  consumed: number
  /** Ranges that hold no valid frame, skipped. */
  corrupt: { from: number; to: number }[]
}

/**
 * Reads whole frames from `bytes`, skipping what is damaged, until `maxFrames`. `following` bytes come after
 * these in the file: a frame that claims more than both is damaged or torn, and the caller decides what it is.
 */
export function decodeFrames(
  bytes: Buffer,
  { following = 0, maxFrames = Number.POSITIVE_INFINITY } = {},
): Decoded {
  const decoded: Decoded = { frames: [], consumed: 0, corrupt: [] }
  let at = 0
  while (decoded.frames.length < maxFrames && at < bytes.length) {
    const end = frameEnd(bytes, at)
    if (end !== null && end <= bytes.length) {
      const frame = readFrame(bytes, at, end)
      if (frame !== null) {
        decoded.frames.push(frame)
        at = end
        continue
      }
    }
    const next = bytes.indexOf(MAGIC, at + 1)
    // It may only be cut by the end of what was read: no later frame shows that it is damaged.
    if (next === -1 && mayContinue(bytes, at, end, following)) break
    const to = next === -1 ? bytes.length : next
    decoded.corrupt.push({ from: at, to })
    at = to
  }
  decoded.consumed = at
  return decoded
}

/** Where the frame at `at` says it ends; null where there is no whole header of one. */
function frameEnd(bytes: Buffer, at: number): number | null {
  if (bytes.length - at < HEADER_BYTES || bytes.compare(MAGIC, 0, 4, at, at + 4) !== 0) return null
  const length = bytes.readUInt32LE(at + 4)
  return length === 0 || length > MAX_PAYLOAD_BYTES ? null : at + HEADER_BYTES + length
}

function mayContinue(bytes: Buffer, at: number, end: number | null, following: number): boolean {
  if (end !== null) return end > bytes.length && (following === 0 || end <= bytes.length + following)
  const rest = bytes.subarray(at, at + 4)
  return bytes.length - at < HEADER_BYTES && MAGIC.subarray(0, rest.length).equals(rest)
}

function readFrame(from: Buffer, at: number, end: number): StoredFrame | null {
  const bytes = from.subarray(at, end)
  if (crc32(bytes.subarray(SUMMED_FROM)) !== bytes.readUInt32LE(8)) return null
  const kind = toKind(bytes[HEADER_BYTES])
  if (kind === null) return null
  const hasId = kind === 'B' || kind === 'C' || kind === 'E'
  const json = HEADER_BYTES + 1 + (hasId ? ID_BYTES : 0)
  const newline = bytes.indexOf(NEWLINE, json)
  const firstEnd = newline === -1 ? bytes.length : newline
  return {
    kind,
    executionId: bytes.toString('latin1', HEADER_BYTES + 1, json),
    first: bytes.subarray(json, firstEnd),
    second: newline === -1 ? bytes.subarray(0, 0) : bytes.subarray(newline + 1),
    writtenMs: bytes.readDoubleLE(SUMMED_FROM),
    at,
    bytes: end - at,
  }
}

const KINDS: Readonly<Record<number, FrameKind>> = { 0x42: 'B', 0x43: 'C', 0x45: 'E', 0x4c: 'L', 0x53: 'S' }

function toKind(letter: number | undefined): FrameKind | null {
  return letter === undefined ? null : (KINDS[letter] ?? null)
}
