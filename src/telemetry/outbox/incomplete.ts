/** Executions that were started in a directory and have no completion there. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeFrames, type StoredFrame } from './frames.ts'
import { segmentName } from './paths.ts'
import { listSegments, readChunk } from './reader.ts'

/** Where a frame lies. */
export interface FramePosition {
  segment: number
  offset: number
  bytes: number
}

/** Positions of the starts without a completion. Reads the whole directory, delivered or not. */
export async function findIncomplete(directory: string): Promise<FramePosition[]> {
  const started = new Map<string, FramePosition>()
  for (const segment of await listSegments(directory)) {
    for (let offset = 0; ;) {
      const chunk = await readChunk(directory, { segment, offset }, 'sealed')
      if (chunk === null) break
      for (const { kind, executionId, at, bytes } of chunk.frames) {
        // A completion follows every copy of its start.
        if (kind === 'B') started.set(executionId, { segment, offset: offset + at, bytes })
        else started.delete(executionId)
      }
      offset = chunk.end
    }
  }
  return [...started.values()]
}

/** The frame at a position; null when it is no longer there. */
export async function readFrameAt(directory: string, position: FramePosition): Promise<StoredFrame | null> {
  const file = await open(join(directory, segmentName(position.segment)), 'r')
  try {
    const bytes = Buffer.allocUnsafe(position.bytes)
    const { bytesRead } = await file.read(bytes, 0, position.bytes, position.offset)
    return decodeFrames(bytes.subarray(0, bytesRead)).frames[0] ?? null
  } finally {
    await file.close()
  }
}
