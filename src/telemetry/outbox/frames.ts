/**
 * Entries on disk: magic, length and CRC-32 of the payload (4 bytes each, little-endian), then the payload.
 * The first byte of a payload says what it is.
 */
import { crc32 } from 'node:zlib'

/** B: an execution begun (its id, then its log record). E: it ended (its id). L: a log record. S: a span. */
type EntryKind = 'B' | 'E' | 'L' | 'S'

export interface Entry {
  kind: EntryKind
  /** Of B and E; '' of the others. */
  executionId: string
  /** OTLP/JSON of one log record or span; '' of E. */
  json: string
}

const MAGIC = 0x31_54_58_45
const HEADER_BYTES = 12
const ID_BYTES = 36
export const MAX_PAYLOAD_BYTES = 8 * 1_048_576

/** One entry as bytes. */
export function encodeEntry(entry: Entry): Buffer {
  const payload = Buffer.from(entry.kind + entry.executionId + entry.json)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  frame.writeUInt32LE(MAGIC, 0)
  frame.writeUInt32LE(payload.length, 4)
  frame.writeUInt32LE(crc32(payload), 8)
  payload.copy(frame, HEADER_BYTES)
  return frame
}

export interface Decoded {
  entries: Entry[]
  /** Bytes read through; what follows is an entry not complete yet, or nothing. */
  consumed: number
  /** Ranges that hold no valid entry, skipped. */
  corrupt: { from: number; to: number }[]
}

/** Reads whole entries from `bytes`, skipping what is damaged, up to `maxEntries`. */
export function decodeEntries(bytes: Buffer, maxEntries = Number.POSITIVE_INFINITY): Decoded {
  const decoded: Decoded = { entries: [], consumed: 0, corrupt: [] }
  let at = 0
  while (decoded.entries.length < maxEntries && bytes.length - at >= HEADER_BYTES) {
    const length = bytes.readUInt32LE(at + 4)
    const isFrame = bytes.readUInt32LE(at) === MAGIC && length > 0 && length <= MAX_PAYLOAD_BYTES
    const end = at + HEADER_BYTES + length
    if (isFrame && end > bytes.length && nextMagic(bytes, at + 4) === -1) break
    const payload = isFrame && end <= bytes.length ? bytes.subarray(at + HEADER_BYTES, end) : null
    if (payload !== null && crc32(payload) === bytes.readUInt32LE(at + 8)) {
      decoded.entries.push(toEntry(payload))
      at = end
      continue
    }
    const next = nextMagic(bytes, at + 1)
    const to = next === -1 ? bytes.length : next
    decoded.corrupt.push({ from: at, to })
    at = to
  }
  decoded.consumed = at
  return decoded
}

function toEntry(payload: Buffer): Entry {
  const text = payload.toString('utf8')
  const kind = toKind(text[0])
  const idBytes = kind === 'B' || kind === 'E' ? ID_BYTES : 0
  return { kind, executionId: text.slice(1, 1 + idBytes), json: text.slice(1 + idBytes) }
}

function toKind(letter: string | undefined): EntryKind {
  return letter === 'B' || letter === 'E' || letter === 'S' ? letter : 'L'
}

const MAGIC_BYTES = Buffer.from([0x45, 0x58, 0x54, 0x31])

function nextMagic(bytes: Buffer, from: number): number {
  return bytes.indexOf(MAGIC_BYTES, from)
}
