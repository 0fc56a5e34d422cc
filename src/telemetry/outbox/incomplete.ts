/** Executions begun in a part and never ended there. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeFrames, type StoredFrame } from './frames.ts'
import { segmentName } from './paths.ts'
import { listSegments, readChunk } from './reader.ts'

/** Where a frame lies. */
export interface Place {
  segment: number
  offset: number
  bytes: number
}

/** Places of the beginnings without an end in a part. Reads all of it, delivered or not. */
export async function findUnended(directory: string): Promise<Place[]> {
  const begun = new Map<string, Place>()
  for (const segment of await listSegments(directory)) {
    for (let offset = 0; ;) {
      const chunk = await readChunk(directory, { segment, offset }, 'sealed')
      if (chunk === null) break
      for (const { kind, executionId, at, bytes } of chunk.frames) {
        // An end always follows every copy of its beginning.
        if (kind === 'B') begun.set(executionId, { segment, offset: offset + at, bytes })
        else begun.delete(executionId)
      }
      offset = chunk.end
    }
  }
  return [...begun.values()]
}

/** The frame at a place; null where there is none any more. */
export async function readFrameAt(directory: string, place: Place): Promise<StoredFrame | null> {
  const file = await open(join(directory, segmentName(place.segment)), 'r')
  try {
    const bytes = Buffer.allocUnsafe(place.bytes)
    const { bytesRead } = await file.read(bytes, 0, place.bytes, place.offset)
    return decodeFrames(bytes.subarray(0, bytesRead)).frames[0] ?? null
  } finally {
    await file.close()
  }
}
