/** The age limit of the outbox: what could not be delivered within it is given up and counted. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { recordsOf } from './frames.ts'
import { segmentName } from './paths.ts'
import { listSegments, readChunk, type Position } from './reader.ts'

/** A segment last written too long ago. */
export interface Expired {
  segment: number
  /** Log records and spans in it that were not delivered. */
  lost: number
}

/** Segments of a directory last written before `beforeMs` (epoch), everything before `position` being delivered. */
export async function findExpired(
  directory: string,
  position: Position,
  beforeMs: number,
): Promise<Expired[]> {
  const expired: Expired[] = []
  for (const segment of await listSegments(directory)) {
    const stats = await stat(join(directory, segmentName(segment))).catch(() => null)
    if (stats === null || stats.mtimeMs >= beforeMs) continue
    const offset = segment === position.segment ? position.offset : 0
    const lost = segment < position.segment ? 0 : await countRecords(directory, { segment, offset })
    expired.push({ segment, lost })
  }
  return expired
}

async function countRecords(directory: string, from: Position): Promise<number> {
  let count = 0
  let { offset } = from
  for (;;) {
    const chunk = await readChunk(directory, { ...from, offset }, 'sealed')
    if (chunk === null) return count
    count += chunk.frames.reduce((sum, frame) => sum + recordsOf(frame), 0)
    offset = chunk.end
  }
}
