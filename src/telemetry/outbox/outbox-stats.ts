/** What waits in the outbox, by any process. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDirectoryName } from './paths.ts'
import { measureDirectory, readPosition } from './reader.ts'

export interface OutboxStats {
  waitingBytes: number
  /** Age of the oldest waiting entry, ms; null when nothing waits. */
  oldestMs: number | null
  /** Processes whose entries wait. */
  owners: number
}

/** Measures every directory but those of `exceptId`. */
export async function readOutboxStats(root: string, exceptId: string): Promise<OutboxStats> {
  const names = (await readdir(root).catch(() => [])).filter(
    (name) =>
      parseDirectoryName(name) !== null && !name.startsWith(exceptId) && !name.endsWith(`@${exceptId}`),
  )
  const stats: OutboxStats = { waitingBytes: 0, oldestMs: null, owners: 0 }
  for (const name of names) {
    const directory = join(root, name)
    const { waitingBytes, oldestMs } = await measureDirectory(directory, await readPosition(directory))
    if (waitingBytes === 0) continue
    stats.waitingBytes += waitingBytes
    stats.owners += 1
    if (oldestMs !== null) stats.oldestMs = Math.max(stats.oldestMs ?? 0, Date.now() - oldestMs)
  }
  return stats
}
