import { Hono } from 'hono'
import { z } from 'zod'
import { FACET_FIELDS, getFacets } from '../../store/queries/facets.ts'
import { VALUE_FIELDS } from '../../store/rollups/values.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readQuestion, scopeParameters } from '../filter-parameters.ts'
import { countUpTo, namesOf, query } from '../parameters.ts'
import { facetsSchema } from '../stats-schema.ts'

const FIELDS_MAX = 20

const fields = namesOf(z.array(z.enum(FACET_FIELDS)).max(FIELDS_MAX, `at most ${FIELDS_MAX} fields`))
  .optional()
  .describe(`Names of fields, separated by commas. Default: ${VALUE_FIELDS.join(', ')}`)

const documented = documentRoute({
  id: 'getFacets',
  summary: 'The most frequent values of fields under a filter',
  tag: 'statistics',
  reply: facetsSchema,
  description: 'The values and how often they occur',
})

/** `/v1/facets` */
export function facets({ store }: AppDependencies): Hono<ApiEnv> {
  const limit = countUpTo(100, 10).describe('Values of each field, at most')
  const parameters = { ...scopeParameters, fields, limit }
  return new Hono<ApiEnv>().get('/', documented, query(parameters), async (c) => {
    const given = c.req.valid('query')
    const question = readQuestion(c, given)
    const found = await getFacets(store, {
      ...question,
      fields: given.fields ?? VALUE_FIELDS,
      limit: given.limit,
    })
    return c.json({ window: question.window, facets: found })
  })
}
