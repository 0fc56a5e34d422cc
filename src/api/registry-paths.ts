/** Names in the paths of the registry, and the cursor of its search. */
import { z } from 'zod'
import type { SearchPosition } from '../metadata/registry-search.ts'
import { checked } from '../validation.ts'
import type { ApiContext } from './context.ts'
import { invalidCursor, packCursor, unpackCursor } from './cursor.ts'

const part = z.string().min(1).max(128, 'at most 128 characters')

/** `namespace/name` of the path; whether it is a name is checked where it is looked up. */
export function pathAgent(c: ApiContext): string {
  const { namespace, name } = checked(z.object({ namespace: part, name: part }), {
    namespace: c.req.param('namespace'),
    name: c.req.param('name'),
  })
  return `${namespace}/${name}`
}

/** Another part of the path. @throws {InvalidRequestError} when it is longer than any may be */
export function pathPart(c: ApiContext, name: 'namespace' | 'version' | 'tag'): string {
  return checked(z.object({ [name]: part }), { [name]: c.req.param(name) })[name] ?? ''
}

/** Of a sort: a number or a time. */
const VALUE =
  /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|-?Infinity|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)?)$/u
const position = z.tuple([
  z.literal(1),
  z.string(),
  z.string().max(64).regex(VALUE),
  z.string().regex(/^\d{1,18}$/u),
])

export function encodePosition(filters: string, { value, id }: SearchPosition): string {
  return packCursor([1, filters, value, id])
}

/** @throws {InvalidRequestError} when it is no cursor of a search, or belongs to another one */
export function decodePosition(filters: string, cursor: string): SearchPosition {
  const [, hash, value, id] = unpackCursor(cursor, position)
  if (hash !== filters)
    throw invalidCursor('it belongs to another search; keep its filters, or begin without it')
  return { value, id }
}
