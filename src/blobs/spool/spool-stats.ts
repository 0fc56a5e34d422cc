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

/** A directory that is renamed while its parent is read, as one is that is adopted, may be missing from the list. */
const TRIES_MAX = 5

/** @param root `<home>/blobs-spool`; a missing one is empty */
export async function measureSpool(root: string): Promise<SpoolStats> {
  let names = await directoriesIn(root)
  for (let tries = 1; ; tries += 1) {
    const stats: SpoolStats = { blobs: 0, bytes: 0, oldestMs: null }
    for (const name of names) await addDirectory(join(root, name), stats)
    const now = await directoriesIn(root)
    if (tries === TRIES_MAX || now.join('/') === names.join('/')) return stats
    names = now
  }
}

async function directoriesIn(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => [])
  return names.filter((name) => parseDirectoryName(name) !== null).toSorted()
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
