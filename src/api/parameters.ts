/** Query parameters: typed; every issue is reported at once, and unknown names with the known ones. */
import { validator } from 'hono-openapi'
import { z } from 'zod'
import { checkTime } from '../service/window.ts'
import { asStored } from '../record/record.ts'
import { withoutAlias } from '../record/values.ts'
import { checked } from '../validation.ts'
import type { ApiContext } from './context.ts'

/** Validates and documents the query parameters of a route. */
export function query<Shape extends z.ZodRawShape>(shape: Shape) {
  const schema = z.strictObject(shape)
  return validator(
    'query',
    schema,
    (result) => {
      if (result.success) return
      // Validated again for our own messages; the validator has no option for them.
      checked(schema, result.data)
    },
    { options: { io: 'input' } },
  )
}

const text = z
  .string('give it once')
  .min(1, 'leave it out instead of an empty value')
  .max(256, 'at most 256 characters')

/** An id or a name: any text. */
const identifier = text

/** ISO 8601 with a zone. */
export const time = z
  .string('give it once')
  .refine((given) => checkTime(given) === null, { error: ({ input }) => checkTime(String(input)) ?? '' })
  .meta({ format: 'date-time' })

/** A number of things to answer with. */
export function countUpTo(max: number, usual: number) {
  return z.coerce
    .number('a whole number')
    .int('a whole number')
    .min(1, 'at least 1')
    .max(max, `at most ${max}`)
    .default(usual)
}

export const limit = countUpTo(1000, 50).describe('Records of a page, at most')

export const organization = identifier
  .optional()
  .describe("Narrows an administrator's key to one organization; other keys are bound to theirs")

/** One of a fixed list of values. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `one of: ${values.join(', ')}`)
}

const VALUES_MAX = 100
const TOO_MANY = `at most ${VALUES_MAX} values`

/** One id, or several by repeating the parameter; a comma is part of an id. */
export const identifiers = z.union([identifier, z.array(identifier).max(VALUES_MAX, TOO_MANY)], {
  error: ({ input }) => (Array.isArray(input) ? TOO_MANY : 'leave it out, or give 1 to 256 characters'),
})

/** Names separated by commas, each once. */
export function namesOf<Name extends string>(names: z.ZodType<Name[], string[]>) {
  return z
    .string('give it once, names separated by commas')
    .max(2000, 'at most 2000 characters')
    .transform((given) => [...new Set(given.split(',').map((name) => name.trim()))])
    .pipe(names)
}

/** One or several of a fixed list of values, separated by commas or by repeating the parameter. */
export function someOf<const Values extends readonly [string, ...string[]]>(
  values: Values,
  max = VALUES_MAX,
) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) =>
      [given].flat().flatMap((part) => part.split(',').map((value) => withoutAlias(value.trim()))),
    )
    .pipe(z.array(oneOf(values)).max(max, `at most ${max} values`))
    .describe(`Some of, separated by commas: ${values.join(', ')}`)
}

/**
 * The id in the path: any text.
 * @throws {InvalidRequestError} when it is longer than an id may be
 */
export function pathId(c: ApiContext): string {
  return checked(z.object({ id: identifier }), { id: c.req.param('id') }).id
}

/** The id of an execution in the path, in either case of letters. @throws as `pathId` */
export function pathExecutionId(c: ApiContext): string {
  return asStored('executionId', pathId(c))
}

export const compare = oneOf(['previous'])
  .optional()
  .describe('`previous`: also the window of the same length just before, and the change')
