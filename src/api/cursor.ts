/** Cursors of lists: opaque to callers, bound to the question they came from, and checked when they come back. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { InvalidRequestError } from '../errors.ts'
import { isTime } from '../service/window.ts'
import type { Position } from '../store/queries/list-executions.ts'
import type { Window } from '../store/scope.ts'

const CURSOR_MAX = 1024
const moment = z.string().refine(isTime)
const content = z.tuple([z.literal(1), z.string(), moment, moment, moment, z.string().min(1).max(256)])

/** Where the next page begins, in the window the first page settled. */
export interface CursorContent {
  window: Window
  position: Position
}

/** Names a question: the same filters give the same name, whatever their order. */
export function nameQuestion(filters: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  const ordered = given.sort(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url').slice(0, 16)
}

export function encodeCursor(question: string, { window, position }: CursorContent): string {
  const fields = [1, question, window.from, window.to, position.startedAt, position.executionId]
  return Buffer.from(JSON.stringify(fields)).toString('base64url')
}

/**
 * Reads a cursor back.
 * @throws {InvalidRequestError} when it is none of ours, or belongs to a question with other filters
 */
export function decodeCursor(question: string, cursor: string): CursorContent {
  const parsed = content.safeParse(cursor.length > CURSOR_MAX ? null : readJson(cursor))
  if (!parsed.success) throw refused('not a cursor of this service; take `nextCursor` of a reply as it is')
  const [, asked, from, to, startedAt, executionId] = parsed.data
  if (asked !== question)
    throw refused('it belongs to a list with other filters; keep them, or begin without it')
  return { window: { from, to }, position: { startedAt, executionId } }
}

function refused(message: string): InvalidRequestError {
  return new InvalidRequestError([{ path: 'cursor', message }])
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
