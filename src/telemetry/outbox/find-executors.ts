/** Which executors that write below a home still live. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { livenessOf } from '../../process-identity.ts'
import { owner, SILENCE_MS } from './owner.ts'
import { OWNER_FILE, parseDirectoryName } from './paths.ts'

/** By executor id; one that has no directory here is not in it. */
export type ExecutorLiveness = ReadonlyMap<string, 'alive' | 'gone'>

/**
 * Looks at the directories of the outbox. One that another process adopted, or whose owner is no more, is of an executor
 * that is gone; of an owner that cannot be looked up, the age of its heartbeat decides.
 */
export async function findExecutors(home: string): Promise<ExecutorLiveness> {
  const root = join(home, 'outbox')
  const names = await readdir(root).catch(() => [])
  const found = new Map<string, 'alive' | 'gone'>()
  for (const name of names) {
    const parsed = parseDirectoryName(name)
    if (parsed === null) continue
    const [executorId = ''] = parsed.writer.split('.')
    const isAlive = parsed.claimer === null && (await isOwnerAlive(join(root, name)))
    // A writer begins a further directory when it lost one to another process.
    if (isAlive || !found.has(executorId)) found.set(executorId, isAlive ? 'alive' : 'gone')
  }
  return found
}

async function isOwnerAlive(directory: string): Promise<boolean> {
  const path = join(directory, OWNER_FILE)
  const [text, stats] = await Promise.all([
    readFile(path, 'utf8').catch(() => null),
    stat(path).catch(() => null),
  ])
  // Its owner is about to write the file.
  if (text === null || stats === null) return true
  const parsed = owner.safeParse(parseJson(text))
  if (!parsed.success) return false
  const liveness = livenessOf(parsed.data.identity)
  return liveness === 'unknown' ? Date.now() - stats.mtimeMs < SILENCE_MS : liveness === 'alive'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
