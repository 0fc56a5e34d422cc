/** What waits in the spool, by any process, as the names of its files say. */
import { opendir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDirectoryName } from '../../telemetry/outbox/paths.ts'
import { parseMetaName } from './entry.ts'

export interface SpoolStats {
  blobs: number
  bytes: number
  /** ms since the epoch; null when nothing waits. */
  oldestMs: number | null
}

/** @param root `<home>/blobs-spool`; a missing one is empty */
export async function measureSpool(root: string): Promise<SpoolStats> {
  const stats: SpoolStats = { blobs: 0, bytes: 0, oldestMs: null }
  for (const name of await readdir(root).catch(() => []))
    if (parseDirectoryName(name) !== null) await addDirectory(join(root, name), stats)
  return stats
}

async function addDirectory(directory: string, stats: SpoolStats): Promise<void> {
  const files = await opendir(directory).catch(() => null)
  if (files === null) return
  for await (const { name } of files) {
    const entry = parseMetaName(name)
    if (entry === null) continue
    stats.blobs += 1
    stats.bytes += entry.bytes
    stats.oldestMs = Math.min(stats.oldestMs ?? Infinity, entry.atMs)
  }
}
