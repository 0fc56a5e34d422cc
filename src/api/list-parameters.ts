/** Query parameters of lists of executions, and the lists themselves. */
import { z } from 'zod'
import { FIELD_NAMES, fieldOf, FILTER_FIELDS, mapNames } from '../record/record.ts'
import { listExecutions, type ExecutionPage, type Filters } from '../service/list-executions.ts'
import { resolveWindow } from '../service/window.ts'
import { scopeOf } from './auth.ts'
import { decodeCursor, encodeCursor, hashFilters } from './cursor.ts'
import type { ApiContext, AppDependencies } from './context.ts'
import { identifiers, limit, organization, someOf, time } from './parameters.ts'

const fieldName = z.enum(FIELD_NAMES, {
  error: ({ input }) =>
    `${JSON.stringify(input)?.slice(0, 60)} is not a field; fields are: ${FIELD_NAMES.join(', ')}`,
})
const fields = z
  .string('give it once, names separated by commas')
  .max(2000, 'at most 2000 characters')
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(fieldName))

/** Each filter takes several values and matches any of them. */
const filters = mapNames(FILTER_FIELDS, (name) => {
  const { values } = fieldOf(name)
  return (values === undefined ? identifiers : someOf(values)).optional()
})

export const window = {
  from: time
    .optional()
    .describe('Begin of the window over startedAt, included. Default: 30 days before `to`'),
  to: time.optional().describe('End of the window, excluded. Default: now'),
}

/** Query parameters of a list. */
export const listParameters = {
  organization,
  ...window,
  ...filters,
  limit,
  cursor: z
    .string('give it once')
    .optional()
    .describe('`nextCursor` of the page before; keep the filters as they were'),
  fields: fields
    .optional()
    .describe('Names of the fields to toProblem, separated by commas; lists without bodies are faster'),
}

type ListQuery = z.output<z.ZodObject<typeof listParameters>>

/** One page of a list. `fixed` are the filters that the path sets. */
export async function listPage(
  c: ApiContext,
  { store }: AppDependencies,
  query: ListQuery & { fixed?: Filters },
): Promise<ExecutionPage> {
  const { organization: narrowed, from, to, limit: pageSize, cursor, fields: shown, fixed, ...given } = query
  const scope = scopeOf(c, narrowed)
  const filter = { ...given, ...fixed }
  const filtersHash = hashFilters({ ...filter, from, to, scope })
  const before = cursor === undefined ? null : decodeCursor(filtersHash, cursor)
  const searched = before?.window ?? resolveWindow({ from, to }, Date.now())
  const { records, next } = await listExecutions(
    { store, scope },
    {
      window: searched,
      filter,
      limit: pageSize,
      after: before?.position ?? null,
      fields: shown ?? FIELD_NAMES,
    },
  )
  const nextCursor = next === null ? null : encodeCursor(filtersHash, { window: searched, position: next })
  return { data: records, nextCursor, window: searched }
}
