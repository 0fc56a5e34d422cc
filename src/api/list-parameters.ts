/** The parameters every list of executions takes, and how they become a question to the service. */
import { z } from 'zod'
import { FIELD_NAMES, fieldOf, FILTER_FIELDS, mapNames } from '../record/record.ts'
import { listExecutions, type ExecutionPage, type Filters } from '../service/list-executions.ts'
import { resolveWindow } from '../service/window.ts'
import { scopeOf } from './auth.ts'
import { decodeCursor, encodeCursor, nameQuestion } from './cursor.ts'
import type { ApiContext, AppParts } from './environment.ts'
import { identifiers, limit, organization, someOf, time } from './parameters.ts'

const fieldName = z.enum(FIELD_NAMES, {
  error: ({ input }) =>
    `${JSON.stringify(input)?.slice(0, 60)} is no field; fields are: ${FIELD_NAMES.join(', ')}`,
})
const fields = z
  .string('give it once, names separated by commas')
  .max(2000, 'at most 2000 characters')
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(fieldName))

/** Each takes several values, of which any will do. */
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
    .describe('Names of the fields to show, separated by commas; lists without bodies are faster'),
}

type ListQuery = z.output<z.ZodObject<typeof listParameters>>

/** Answers a list. `fixed` are the filters that the path sets. */
export async function answerList(
  c: ApiContext,
  { store }: AppParts,
  asked: ListQuery & { fixed?: Filters },
): Promise<ExecutionPage> {
  const { organization: narrowed, from, to, limit: pageSize, cursor, fields: shown, fixed, ...given } = asked
  const scope = scopeOf(c, narrowed)
  const filter = { ...given, ...fixed }
  const question = nameQuestion({ ...filter, from, to, scope })
  const before = cursor === undefined ? null : decodeCursor(question, cursor)
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
  const nextCursor = next === null ? null : encodeCursor(question, { window: searched, position: next })
  return { data: records, nextCursor, window: searched }
}
