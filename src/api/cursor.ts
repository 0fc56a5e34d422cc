/** Cursors of lists: opaque to callers, bound to the filters of their list, and validated on return. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { InvalidRequestError } from '../errors.ts'
import { checkTime } from '../service/window.ts'
import type { Position } from '../store/list-page.ts'
import type { Window } from '../store/scope.ts'

const CURSOR_MAX = 4096
const time = z.string().refine((text) => checkTime(text) === null)
/** Of an execution, or of an organization and a run of its workflows; empty where a search has stopped. */
const id = z.string().max(513)
const content = z.tuple([z.literal(2), z.string(), time, time, z.number().nullable(), time, id])

/** Where the next page begins, and the window of the first page. */
export interface CursorContent {
  window: Window
  position: Position
}

/** Hash of the filters of a list, independent of their order. */
export function hashFilters(filters: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  const ordered = given.sort(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url').slice(0, 16)
}

export function encodeCursor(filtersHash: string, { window, position }: CursorContent): string {
  const { rank, startedAt, executionId } = position
  const fields = [2, filtersHash, window.from, window.to, rank, startedAt, executionId]
  return packCursor(fields)
}

/**
 * Decodes a cursor.
 * @throws {InvalidRequestError} when it is not a cursor of this service, or belongs to a list with other filters
 */
export function decodeCursor(filtersHash: string, cursor: string): CursorContent {
  const [, hash, from, to, rank, startedAt, executionId] = unpackCursor(cursor, content)
  if (hash !== filtersHash)
    throw invalidCursor('it belongs to a list with other filters; keep them, or begin without it')
  return { window: { from, to }, position: { rank, startedAt, executionId } }
}

/** The text of a cursor, opaque to callers. */
export function packCursor(fields: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64url')
}

/** The fields of a cursor. @throws {InvalidRequestError} when they have not this form */
export function unpackCursor<Fields>(cursor: string, form: z.ZodType<Fields>): Fields {
  const parsed = form.safeParse(cursor.length > CURSOR_MAX ? null : readJson(cursor))
  if (parsed.success) return parsed.data
  throw invalidCursor('not a cursor of this service; take `nextCursor` of a reply as it is')
}

export function invalidCursor(message: string): InvalidRequestError {
  return new InvalidRequestError([{ path: 'cursor', message }])
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
