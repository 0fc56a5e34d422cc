/**
 * Names below `<home>/outbox`: a directory for each writer, `<writer>` while it writes and
 * `<writer>@<claimer>` once another has taken it over, `<writer>@none` when it was left to anyone; in it
 * `owner.json`, segments `00000001.log` and `position`, up to where they are delivered. Beside them `dead`,
 * what receivers refused for good, `corrupt`, what could not be read, and `lost`, what was counted as lost.
 */
import { basename, dirname, join } from 'node:path'

export const OWNER_FILE = 'owner.json'
export const POSITION_FILE = 'position'
export const DEAD = 'dead'
export const CORRUPT = 'corrupt'
export const LOST = 'lost'
const CLAIM = '@'
const NOBODY = 'none'

/** A part's directory name, taken apart. */
export interface PartName {
  writer: string
  /** Who took it over; null while it is its writer's, '' when it was left to anyone. */
  claimer: string | null
}

/** Null for names that are no part. */
export function parsePartName(name: string): PartName | null {
  if (name === DEAD || name === CORRUPT || name === LOST) return null
  const [writer = '', claimer = null] = name.split(CLAIM)
  return { writer, claimer: claimer === NOBODY ? '' : claimer }
}

export function claimedName(writer: string, claimer: string): string {
  return `${writer}${CLAIM}${claimer}`
}

/** Path of a part once its writer left it to anyone. */
export function releasedName(directory: string): string {
  return join(dirname(directory), `${basename(directory).split(CLAIM)[0]}${CLAIM}${NOBODY}`)
}

export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, '0')}.log`
}

/** Number of a segment by its name; null for other files. */
export function segmentNumber(name: string): number | null {
  return /^\d{8}\.log$/u.test(name) ? Number(name.slice(0, 8)) : null
}
