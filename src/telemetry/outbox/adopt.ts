/** Taking over what processes left that are gone. */
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry } from './frames.ts'
import { livenessOf, owner, type Liveness } from './owner.ts'
import { listSegments, readChunk } from './reader.ts'

/** A directory of the outbox that this process may read and remove. */
export interface Part {
  directory: string
  /** OTLP/JSON Resource of its writer. */
  resource: string
  /** 'silent': its writer may yet turn out alive, so the directory stays while it might still grow. */
  liveness: Liveness
  /** When its writer last gave a sign, epoch ms. */
  lastSignMs: number
}

const CLAIM = '@'

/**
 * Claims every directory under `root` whose owner is gone, each by one rename: of several processes that try
 * at once exactly one succeeds. A claimed directory belongs to the claimer, so it can be claimed again.
 */
export async function adoptOrphans(root: string, ownerId: string): Promise<Part[]> {
  const names = await readdir(root).catch(() => [])
  const isOwn = (name: string): boolean =>
    name === ownerId || name.startsWith(`${ownerId}.`) || name.endsWith(`${CLAIM}${ownerId}`)
  const adopted: Part[] = []
  for (const name of names.filter(
    (candidate) => candidate !== 'dead' && candidate !== 'corrupt' && !isOwn(candidate),
  )) {
    const part = await claim(root, name, ownerId)
    if (part !== null) adopted.push(part)
  }
  return adopted
}

async function claim(root: string, name: string, ownerId: string): Promise<Part | null> {
  const [writer = '', claimer] = name.split(CLAIM)
  // A claimed directory is its claimer's to keep: look at that one's own directory for signs.
  const claimerSigns = claimer === undefined ? null : await readOwner(join(root, claimer))
  if (claimer !== undefined && claimerSigns !== null && claimerSigns.liveness === 'alive') return null
  const found = await readOwner(join(root, name))
  if (found === null || (claimer === undefined && found.liveness === 'alive')) return null
  const directory = join(root, `${writer}${CLAIM}${ownerId}`)
  try {
    await rename(join(root, name), directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  return { ...found, directory }
}

async function readOwner(directory: string): Promise<Part | null> {
  const path = join(directory, 'owner.json')
  const [text, stats] = await Promise.all([
    readFile(path, 'utf8').catch(() => null),
    stat(path).catch(() => null),
  ])
  if (text === null || stats === null) return leftover(directory)
  const parsed = owner.safeParse(parseJson(text))
  if (!parsed.success) return null
  const lastSignMs = stats.mtimeMs
  return {
    directory,
    resource: parsed.data.resource,
    liveness: livenessOf(parsed.data.identity, lastSignMs),
    lastSignMs,
  }
}

/** A directory whose owner died before it said who it was holds nothing: remove it once it is old. */
async function leftover(directory: string): Promise<null> {
  const stats = await stat(directory).catch(() => null)
  const isOld = stats !== null && Date.now() - stats.mtimeMs > 60_000
  if (isOld && (await listSegments(directory)).length === 0)
    await rm(directory, { recursive: true, force: true })
  return null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Beginnings without an end in a directory, newest copy of each. Reads it through, delivered or not. */
export async function findUnended(directory: string): Promise<Entry[]> {
  const begun = new Map<string, Entry>()
  const ended = new Set<string>()
  for (const segment of await listSegments(directory)) {
    for (let from = 0; ;) {
      const chunk = await readChunk(directory, segment, 'sealed', from)
      if (chunk === null) break
      for (const entry of chunk.entries) {
        if (entry.kind === 'B') begun.set(entry.executionId, entry)
        if (entry.kind === 'E') ended.add(entry.executionId)
      }
      from = chunk.end
    }
  }
  return [...begun.values()].filter((entry) => !ended.has(entry.executionId))
}
