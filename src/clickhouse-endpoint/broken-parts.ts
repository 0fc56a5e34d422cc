/**
 * Rows of a part that the engine found broken at its start, and put aside, were not acknowledged. They are sent again, and
 * the engine must not take them for a repetition: its log of inserted blocks still names the part.
 */
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const DETACHED = 'broken-on-start_'
/** Operations of the log (`MergeTreeDeduplicationOp`): a block was added, a block was dropped. */
const ADDED = '1'
const DROPPED = '2'

/**
 * Marks the blocks of broken parts as dropped, in place, since that takes no space.
 * @param dataDir of the engine, whose tables are loaded
 * @returns whether any was; the engine reads its log at a start only
 */
export async function forgetBrokenParts(dataDir: string): Promise<boolean> {
  let forgot = false
  for (const table of await directoriesOfTables(join(dataDir, 'store'))) {
    const broken = (await namesIn(join(table, 'detached')))
      .filter((name) => name.startsWith(DETACHED))
      .map((name) => name.slice(DETACHED.length))
    if (broken.length === 0) continue
    const logs = join(table, 'deduplication_logs')
    for (const name of await namesIn(logs)) forgot = (await markDropped(join(logs, name), broken)) || forgot
  }
  return forgot
}

/** `store/<first three digits>/<uuid>` */
async function directoriesOfTables(store: string): Promise<string[]> {
  const groups = await namesIn(store)
  const tables = await Promise.all(
    groups.map(async (group) => (await namesIn(join(store, group))).map((name) => join(store, group, name))),
  )
  return tables.flat()
}

/** A line is the operation, the name of the part and the id of the block, with tabs between them. */
async function markDropped(log: string, parts: readonly string[]): Promise<boolean> {
  const text = await readFile(log, 'latin1')
  const starts: number[] = []
  let at = 0
  for (const line of text.split('\n')) {
    const [operation, part = ''] = line.split('\t')
    if (operation === ADDED && parts.includes(part)) starts.push(at)
    at += line.length + 1
  }
  if (starts.length === 0) return false
  await using file = await open(log, 'r+')
  for (const start of starts) await file.write(DROPPED, start, 'latin1')
  await file.sync()
  return true
}

function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}
