/** The files of the persistent queues: a broken one is set aside, so that the Collector starts again. */
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { findCorruption } from './bbolt-check.ts'

/**
 * Renames each damaged queue file in `directory` to `<name>.<time>.backup`.
 * @returns one sentence per file, for a person.
 */
export async function setAsideBroken(directory: string): Promise<string[]> {
  const said: string[] = []
  for (const name of await listQueues(directory)) {
    const path = join(directory, name)
    const damage = await findCorruption(path)
    if (damage === null) continue
    const aside = `${path}.${new Date().toISOString().replaceAll(/[-:]/gu, '')}.backup`
    await rename(path, aside)
    said.push(`the queue file ${path} is corrupt (${damage}); it was set aside as ${aside}`)
  }
  return said
}

/** Names of what was set aside in `directory` so far, by exectrail or by the Collector. */
export async function listBackups(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => name.endsWith('.backup'))
}

async function listQueues(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => name.startsWith('exporter_') && !name.endsWith('.backup'))
}
