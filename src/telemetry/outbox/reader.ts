/** Reads the segments of one directory in order and remembers how far they are delivered. */
import { open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeFrames, HEADER_BYTES, MAX_PAYLOAD_BYTES, writtenMsOf, type StoredFrame } from './frames.ts'
import { POSITION_FILE, segmentName, segmentNumber } from './paths.ts'

const CHUNK_BYTES = 1_048_576
const CHUNK_FRAMES = 2000

/** A position in a directory: everything before it is delivered. */
export interface Position {
  segment: number
  offset: number
}

/** A run of frames of one segment. */
export interface Chunk {
  segment: number
  frames: StoredFrame[]
  /** Offset after the last frame. */
  end: number
  /** Bytes skipped because they hold no valid frame. */
  corrupt: Buffer[]
}

/** Numbers of the segments of a directory, oldest first. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch(() => [])
  return names
    .map(segmentNumber)
    .filter((number) => number !== null)
    .toSorted((a, b) => a - b)
}

/**
 * The next frames of a segment; null when there are none. The rest of a torn last frame is skipped in a sealed
 * segment; in the active one it is a frame still being written.
 */
export async function readChunk(
  directory: string,
  from: Position,
  state: 'active' | 'sealed',
): Promise<Chunk | null> {
  const file = await open(join(directory, segmentName(from.segment)), 'r')
  try {
    const { size } = await file.stat()
    for (const limit of [CHUNK_BYTES, 2 * MAX_PAYLOAD_BYTES]) {
      const length = Math.min(size - from.offset, limit)
      if (length <= 0) return null
      const bytes = Buffer.allocUnsafe(length)
      const { bytesRead } = await file.read(bytes, 0, length, from.offset)
      const whole = bytes.subarray(0, bytesRead)
      const following = size - from.offset - bytesRead
      const { frames, consumed, corrupt } = decodeFrames(whole, { following, maxFrames: CHUNK_FRAMES })
      const damaged = corrupt.map((range) => Buffer.from(whole.subarray(range.from, range.to)))
      if (consumed > 0)
        return { segment: from.segment, frames, end: from.offset + consumed, corrupt: damaged }
      if (following === 0) return state === 'active' ? null : tornEnd(from.segment, size)
    }
    return null
  } finally {
    await file.close()
  }
}

function tornEnd(segment: number, size: number): Chunk {
  return { segment, frames: [], end: size, corrupt: [] }
}

/** The position of delivery in a directory; its beginning where none was saved. */
export async function readPosition(directory: string): Promise<Position> {
  const text = await readFile(join(directory, POSITION_FILE), 'utf8').catch(() => '')
  const found = /^(?<segment>\d{8}) (?<offset>\d{16})\n$/u.exec(text)?.groups
  return { segment: Number(found?.['segment'] ?? 0), offset: Number(found?.['offset'] ?? 0) }
}

/** Overwrites the position in place: that needs no room on a full disk, and fits one sector. */
export async function savePosition(directory: string, { segment, offset }: Position): Promise<void> {
  const text = `${String(segment).padStart(8, '0')} ${String(offset).padStart(16, '0')}\n`
  const path = join(directory, POSITION_FILE)
  const file = await open(path, 'r+').catch(() => open(path, 'w', 0o600))
  try {
    await file.write(text, 0)
  } finally {
    await file.close()
  }
}

export async function removeSegment(directory: string, segment: number): Promise<void> {
  await rm(join(directory, segmentName(segment)), { force: true })
}

/** What waits in a directory, and what it takes on the disk. */
export interface DirectorySize {
  waitingBytes: number
  diskBytes: number
  /** When the oldest waiting frame was written, epoch ms; null when none waits. */
  oldestMs: number | null
}

/** Measures a directory, everything before `position` being delivered. */
export async function measureDirectory(directory: string, position: Position): Promise<DirectorySize> {
  const size: DirectorySize = { waitingBytes: 0, diskBytes: 0, oldestMs: null }
  for (const segment of await listSegments(directory)) {
    const bytes = (await stat(join(directory, segmentName(segment))).catch(() => null))?.size ?? 0
    const offset = segment > position.segment ? 0 : segment === position.segment ? position.offset : bytes
    size.diskBytes += bytes
    size.waitingBytes += Math.max(0, bytes - offset)
    if (size.oldestMs === null && offset < bytes)
      size.oldestMs = await writtenAt(directory, { segment, offset })
  }
  return size
}

/** When the frame at a position was written, epoch ms; null where none begins. */
async function writtenAt(directory: string, { segment, offset }: Position): Promise<number | null> {
  const file = await open(join(directory, segmentName(segment)), 'r').catch(() => null)
  if (file === null) return null
  try {
    const header = Buffer.allocUnsafe(HEADER_BYTES)
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, offset)
    return writtenMsOf(header.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
