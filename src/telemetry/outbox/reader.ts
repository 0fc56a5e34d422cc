/** Reads the segments of one owner's directory in order, from where the last delivery ended. */
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeEntries, MAX_PAYLOAD_BYTES, type Entry } from './frames.ts'

const CHUNK_BYTES = 4 * 1_048_576

/** A run of entries of one segment, with the place after them. */
export interface Chunk {
  segment: number
  entries: Entry[]
  /** Offset after the last entry; delivered means: everything before it is at the receiver. */
  end: number
  /** Bytes skipped because they hold no valid entry. */
  corrupt: Buffer[]
}

/** Numbers of the segments of a directory, oldest first. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch(() => [])
  return names
    .filter((name) => /^\d{8}\.log$/u.test(name))
    .map((name) => Number(name.slice(0, 8)))
    .toSorted((a, b) => a - b)
}

/**
 * The next undelivered entries of a segment; null where there are none. In a sealed segment what is left of a
 * torn last entry is cut off; in the one being written it is an entry to come. `startAt` reads elsewhere than
 * where delivery stands.
 */
export async function readChunk(
  directory: string,
  segment: number,
  state: 'active' | 'sealed',
  startAt?: number,
): Promise<Chunk | null> {
  const file = await open(segmentPath(directory, segment), 'r')
  try {
    const start = startAt ?? (await readOffset(directory, segment))
    const { size } = await file.stat()
    if (start >= size) return null
    let length = Math.min(size - start, CHUNK_BYTES)
    for (;;) {
      const bytes = Buffer.allocUnsafe(length)
      const { bytesRead } = await file.read(bytes, 0, length, start)
      const whole = bytes.subarray(0, bytesRead)
      const decoded = decodeEntries(whole)
      const rest = size - start - decoded.consumed
      if (decoded.consumed === 0 && length < size - start && length < 2 * MAX_PAYLOAD_BYTES) {
        length = Math.min(size - start, 2 * MAX_PAYLOAD_BYTES)
        continue
      }
      const corrupt = decoded.corrupt.map(({ from, to }) => Buffer.from(whole.subarray(from, to)))
      const isTorn = state === 'sealed' && rest > 0 && length === size - start
      if (decoded.consumed === 0 && !isTorn) return null
      return { segment, entries: decoded.entries, end: isTorn ? size : start + decoded.consumed, corrupt }
    }
  } finally {
    await file.close()
  }
}

/** Remembers that everything before `end` is delivered. */
export async function saveOffset(directory: string, segment: number, end: number): Promise<void> {
  const path = offsetPath(directory, segment)
  await writeFile(`${path}.draft`, String(end), { mode: 0o600 })
  await rename(`${path}.draft`, path)
}

export async function removeSegment(directory: string, segment: number): Promise<void> {
  await rm(segmentPath(directory, segment), { force: true })
  await rm(offsetPath(directory, segment), { force: true })
}

/** Undelivered bytes of a directory and when its oldest undelivered segment was last written (epoch ms). */
export async function measure(directory: string): Promise<{ bytes: number; diskBytes: number }> {
  let bytes = 0
  let diskBytes = 0
  for (const segment of await listSegments(directory)) {
    const size = (await stat(segmentPath(directory, segment)).catch(() => null))?.size ?? 0
    diskBytes += size
    bytes += Math.max(0, size - (await readOffset(directory, segment)))
  }
  return { bytes, diskBytes }
}

async function readOffset(directory: string, segment: number): Promise<number> {
  const text = await readFile(offsetPath(directory, segment), 'utf8').catch(() => '0')
  return /^\d+$/u.test(text) ? Number(text) : 0
}

function segmentPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(8, '0')}.log`)
}

function offsetPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(8, '0')}.sent`)
}
