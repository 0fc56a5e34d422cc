/** Query parameters of lists of executions, and the lists themselves. */
import { z } from 'zod'
import { FIELD_NAMES } from '../record/record.ts'
import { listExecutions, type ExecutionPage } from '../service/list-executions.ts'
import { resolveWindow } from '../service/window.ts'
import type { FilterTerm } from '../store/filter.ts'
import { LIST_ORDERS } from '../store/list-page.ts'
import { scopeOf } from './auth.ts'
import { decodeCursor, encodeCursor, hashFilters } from './cursor.ts'
import type { ApiContext, AppDependencies } from './context.ts'
import { scopeParameters, toFilter } from './filter-parameters.ts'
import { limit, namesOf, oneOf } from './parameters.ts'

const fieldName = z.enum(FIELD_NAMES, {
  error: ({ input }) =>
    `${JSON.stringify(input)?.slice(0, 60)} is not a field; fields are: ${FIELD_NAMES.join(', ')}`,
})
/** Query parameters of a list. */
export const listParameters = {
  ...scopeParameters,
  order: oneOf(LIST_ORDERS)
    .default('newest')
    .describe('`newest` first, or the greatest `duration`, `memory` or `cost` first'),
  limit,
  cursor: z
    .string('give it once')
    .optional()
    .describe(
      '`nextCursor` of the page before, with the same filters. The window stays that of the first page',
    ),
  fields: namesOf(z.array(fieldName))
    .optional()
    .describe('Names of the fields to show, separated by commas; lists without bodies are faster'),
}

type ListQuery = z.output<z.ZodObject<typeof listParameters>>

/** One page of a list. `fixed` are conditions that the path sets. */
export async function listPage(
  c: ApiContext,
  { store }: AppDependencies,
  query: ListQuery & { fixed?: readonly FilterTerm[] },
): Promise<ExecutionPage> {
  const { from, to, limit: pageSize, cursor, fields: shown, order } = query
  const scope = scopeOf(c, query.organization)
  const filter = toFilter(query, query.fixed)
  const filtersHash = hashFilters({ filter, scope, order })
  const before = cursor === undefined ? null : decodeCursor(filtersHash, cursor)
  const searched = before?.window ?? resolveWindow({ from, to }, Date.now())
  const { records, next, searchedFrom } = await listExecutions(
    { store, scope },
    {
      window: searched,
      filter,
      order,
      limit: pageSize,
      after: before?.position ?? null,
      fields: shown ?? FIELD_NAMES,
    },
  )
  const nextCursor = next === null ? null : encodeCursor(filtersHash, { window: searched, position: next })
  return { data: records, nextCursor, searchedFrom, window: searched }
}
