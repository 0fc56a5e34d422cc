/**
 * Names below `<home>/outbox`: a directory for each writer, `<writer>` while it writes and
 * `<writer>@<claimer>` once another process has adopted it, `<writer>@none` when its writer left it to any process;
 * in it `owner.json`, segments `00000001.log` and `position`, up to where they are delivered. Beside them `dead`,
 * records that receivers refused for good, `corrupt`, bytes that hold no frame, and `lost`, a note of each loss.
 */
import { basename, dirname, join } from 'node:path'

export const OWNER_FILE = 'owner.json'
export const POSITION_FILE = 'position'
export const DEAD = 'dead'
export const CORRUPT = 'corrupt'
export const LOST = 'lost'
const CLAIM = '@'
const UNCLAIMED = 'none'

/** The parts of a directory's name. */
export interface DirectoryName {
  writer: string
  /** Which process adopted it; null while its writer has it, '' when it was left to any process. */
  claimer: string | null
}

/** Null for a name that is not of a writer's directory. */
export function parseDirectoryName(name: string): DirectoryName | null {
  if (name === DEAD || name === CORRUPT || name === LOST) return null
  const [writer = '', claimer = null] = name.split(CLAIM)
  return { writer, claimer: claimer === UNCLAIMED ? '' : claimer }
}

export function claimedName(writer: string, claimer: string): string {
  return `${writer}${CLAIM}${claimer}`
}

/** Path of a directory that was left to any process. */
export function releasedName(directory: string): string {
  return join(dirname(directory), `${basename(directory).split(CLAIM)[0]}${CLAIM}${UNCLAIMED}`)
}

export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, '0')}.log`
}

/** Number of a segment by its name; null for other files. */
export function segmentNumber(name: string): number | null {
  return /^\d{8}\.log$/u.test(name) ? Number(name.slice(0, 8)) : null
}
