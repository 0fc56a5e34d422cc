import { Hono } from 'hono'
import { z } from 'zod'
import { resolveWindow } from '../../service/window.ts'
import { FILTER_FIELDS, type FilterField } from '../../store/filter.ts'
import { getFacets } from '../../store/queries/facets.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { scopeParameters, toFilter } from '../filter-parameters.ts'
import { query } from '../parameters.ts'
import { facetsSchema } from '../stats-schema.ts'

const FIELDS_MAX = 20
const DEFAULT: readonly FilterField[] = [
  'outcome',
  'errorType',
  'runtime',
  'language',
  'codeAgentId',
  'codeAgentVersion',
  'workspaceId',
  'userId',
  'nodeId',
  'model',
]

const fields = z
  .string('give it once, names separated by commas')
  .max(2000, 'at most 2000 characters')
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .pipe(z.array(z.enum(FILTER_FIELDS)).max(FIELDS_MAX, `at most ${FIELDS_MAX} fields`))
  .optional()
  .describe(`Names of fields, separated by commas. Default: ${DEFAULT.join(', ')}`)

const limit = z.coerce
  .number('a whole number')
  .int('a whole number')
  .min(1, 'at least 1')
  .max(100, 'at most 100')
  .default(10)
  .describe('Values of each field, at most')

const documented = documentRoute({
  id: 'getFacets',
  summary: 'The most frequent values of fields under a filter',
  tag: 'statistics',
  reply: facetsSchema,
  description: 'The values and how often they occur',
})

/** `/v1/facets` */
export function facets({ store }: AppDependencies): Hono<ApiEnv> {
  const parameters = { ...scopeParameters, fields, limit }
  return new Hono<ApiEnv>().get('/', documented, query(parameters), async (c) => {
    const given = c.req.valid('query')
    const scope = scopeOf(c, given.organization)
    const window = resolveWindow(given, Date.now())
    const found = await getFacets(store, {
      scope,
      window,
      filter: toFilter(given),
      fields: given.fields ?? DEFAULT,
      limit: given.limit,
    })
    return c.json({ window, facets: found })
  })
}
