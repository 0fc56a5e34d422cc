import { Hono } from 'hono'
import { resolveWindow } from '../../service/window.ts'
import { getDifferences } from '../../store/queries/differences.ts'
import { scopeOf } from '../auth.ts'
import { differencesSchema } from '../comparison-schema.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { conditions, scopeParameters, toFilter } from '../filter-parameters.ts'
import { countUpTo, query, time } from '../parameters.ts'

const parameters = {
  ...scopeParameters,
  a: conditions.optional().describe('Conditions of the first set, as in `where`; repeat it for several'),
  b: conditions.optional().describe('Conditions of the second set'),
  aFrom: time.optional().describe('Window of the first set, where it is not the common one'),
  aTo: time.optional(),
  bFrom: time.optional().describe('Window of the second set, where it is not the common one'),
  bTo: time.optional(),
  limit: countUpTo(50, 10).describe('Fields, at most'),
}

const documented = documentRoute({
  id: 'getDifferences',
  summary: 'Which fields differ most between two sets of executions',
  tag: 'statistics',
  reply: differencesSchema,
  description: 'The fields, the most different first',
})

/** `/v1/differences` */
export function differences({ store }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/', documented, query(parameters), async (c) => {
    const given = c.req.valid('query')
    const { from, to, aFrom, aTo, bFrom, bTo } = given
    const now = Date.now()
    const common = toFilter(given)
    const side = (terms: typeof given.a, begin = from, end = to) => ({
      window: resolveWindow({ from: begin, to: end }, now),
      filter: { ...common, terms: [...common.terms, ...(terms ?? [])] },
    })
    const [a, b] = [side(given.a, aFrom, aTo), side(given.b, bFrom, bTo)]
    const scope = scopeOf(c, given.organization)
    const found = await getDifferences(store, { scope, a, b, limit: given.limit })
    return c.json({
      a: { window: a.window, count: found.countA },
      b: { window: b.window, count: found.countB },
      fields: found.fields,
    })
  })
}
