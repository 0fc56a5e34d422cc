/** Query parameters that narrow the executions a question is about. */
import { z } from 'zod'
import { asStored, fieldOf, mapNames, PARAMETER_FIELDS } from '../record/record.ts'
import { parseTerm } from '../service/filter-expression.ts'
import type { Filter, FilterTerm } from '../store/filter.ts'
import { resolveWindow } from '../service/window.ts'
import type { Scope, Window } from '../store/scope.ts'
import { scopeOf } from './auth.ts'
import type { ApiContext } from './context.ts'
import { identifiers, organization, someOf, time } from './parameters.ts'

/** Each takes several values and matches any of them. */
const plain = mapNames(PARAMETER_FIELDS, (name) => {
  const { values } = fieldOf(name)
  return (values === undefined ? identifiers : someOf(values)).optional()
})

const TERMS_MAX = 50

/** Conditions that all hold, such as `durationMs>=1000`. */
export const conditions = z
  .union([z.string(), z.array(z.string()).max(TERMS_MAX, `at most ${TERMS_MAX} conditions`)])
  .transform((given, context): FilterTerm[] =>
    [given].flat().flatMap((text) => {
      const parsed = parseTerm(text)
      if (parsed.ok) return [parsed.value]
      context.addIssue(`${JSON.stringify(text.slice(0, 80))}: ${parsed.message}`)
      return []
    }),
  )

export const filterParameters = {
  ...plain,
  where: conditions
    .optional()
    .describe(
      'A condition on any field: FIELD, then = != > >= < <= ^= (begins with) !^= ~ (contains) or !~, then the value, such as durationMs>=1000, outcome!=success, errorMessage~timeout or toolCallId= (absent); or : (any of) or !: (none of) and values with commas, such as outcome:failure,timeout. Repeat it for conditions that all hold',
    ),
  q: z
    .string('give it once')
    .min(1, 'leave it out instead of an empty value')
    .max(256, 'at most 256 characters')
    .optional()
    .describe('Text in the error, its stack, stdout or stderr, in any case of letters'),
}

export const window = {
  from: time
    .optional()
    .describe('Begin of the window over startedAt, included. Default: 30 days before `to`'),
  to: time.optional().describe('End of the window, excluded. Default: now'),
}

/** What a question about many executions takes: whose, when and which. */
export const scopeParameters = { organization, ...window, ...filterParameters }

type FilterQuery = z.output<z.ZodObject<typeof filterParameters>>

/** Whose executions a request is about, of which window, and which of them. */
export function readQuestion(
  c: ApiContext,
  given: z.output<z.ZodObject<typeof scopeParameters>>,
): { scope: Scope; window: Window; filter: Filter } {
  return {
    scope: scopeOf(c, given.organization),
    window: resolveWindow(given, Date.now()),
    filter: toFilter(given),
  }
}

/** The filter of a request. `fixed` are conditions that the path sets. */
export function toFilter(query: FilterQuery, fixed: readonly FilterTerm[] = []): Filter {
  const own = PARAMETER_FIELDS.flatMap((field): FilterTerm[] => {
    const given: string | readonly string[] | undefined = query[field]
    if (given === undefined) return []
    return [{ field, operator: '=', values: [given].flat().map((value) => asStored(field, value)) }]
  })
  return { terms: [...fixed, ...own, ...(query.where ?? [])], text: query.q }
}
