/** Query parameters: typed, every fault at once, unknown ones refused with the names that are known. */
import { validator } from 'hono-openapi'
import { z } from 'zod'
import { InvalidRequestError, type Issue } from '../errors.ts'
import { isTime } from '../service/window.ts'
import type { ApiContext } from './environment.ts'

interface RawIssue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
  readonly keys?: readonly string[]
}

/** Validates the query of a route and documents it. */
export function query<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ') || 'none'
  return validator(
    'query',
    z.strictObject(shape),
    (result) => {
      if (!result.success) throw new InvalidRequestError(toIssues(result.error, known))
    },
    { options: { io: 'input' } },
  )
}

/** The issues of a failed validation; `known` names what may be written in place of an unknown name. */
export function toIssues(raw: readonly RawIssue[], known: string): Issue[] {
  return raw.flatMap((issue) => {
    const path = (issue.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.')
    if (issue.keys === undefined) return [{ path, message: issue.message }]
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: `unknown; known are: ${known}`,
    }))
  })
}

const text = z
  .string('give it once')
  .min(1, 'leave it out instead of an empty value')
  .max(256, 'at most 256 characters')

/** An id or name: any text, never interpreted. */
const identifier = text

/** A moment, ISO 8601 with a zone. */
export const time = z
  .string('give it once')
  .refine(isTime, 'write ISO 8601 with a zone, such as 2026-11-23T15:00:00Z')
  .meta({ format: 'date-time' })

/** How many records a page holds. */
export const limit = z.coerce
  .number('a whole number')
  .int('a whole number')
  .min(1, 'at least 1')
  .max(1000, 'at most 1000')
  .default(50)
  .describe('Records of a page, at most')

export const organization = identifier
  .optional()
  .describe("Narrows an administrator's key to one organization; other keys are bound to theirs")

/** One of a fixed list of words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `one of: ${words.join(', ')}`)
}

const VALUES_MAX = 100
const TOO_MANY = `at most ${VALUES_MAX} values`

/** An id, or several by giving the parameter again; a comma is part of an id. */
export const identifiers = z.union([identifier, z.array(identifier).max(VALUES_MAX, TOO_MANY)], {
  error: ({ input }) => (Array.isArray(input) ? TOO_MANY : 'leave it out, or give 1 to 256 characters'),
})

/** One of a fixed list of words, or several, separated by commas or by giving the parameter again. */
export function someOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((part) => part.split(',').map((word) => word.trim())))
    .pipe(z.array(oneOf(words)).max(VALUES_MAX, TOO_MANY))
    .describe(`Some of, separated by commas: ${words.join(', ')}`)
}

/**
 * The id in the path: any text, never interpreted.
 * @throws {InvalidRequestError} when it is longer than an id can be
 */
export function pathId(c: ApiContext): string {
  const parsed = identifier.safeParse(c.req.param('id'))
  if (parsed.success) return parsed.data
  throw new InvalidRequestError(parsed.error.issues.map((issue) => ({ path: 'id', message: issue.message })))
}
