import { Hono } from 'hono'
import { z } from 'zod'
import { resolveWindow } from '../../service/window.ts'
import { stats as readStats } from '../../service/stats.ts'
import { chosenBucket, timeseries } from '../../service/timeseries.ts'
import { getDistribution, MEASURES } from '../../store/queries/distribution.ts'
import { GROUP_FIELDS, GROUP_ORDERS } from '../../store/queries/stats.ts'
import { scopeOf } from '../auth.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { scopeParameters, toFilter } from '../filter-parameters.ts'
import { compare, oneOf, query, someOf } from '../parameters.ts'
import { distributionSchema, statsSchema, timeseriesSchema } from '../stats-schema.ts'

const GROUPS_MAX = 200

const statsParameters = {
  ...scopeParameters,
  groupBy: someOf(GROUP_FIELDS, 2).optional(),
  order: oneOf(GROUP_ORDERS).default('count').describe('What the groups are ordered by, the greatest first'),
  limit: z.coerce
    .number('a whole number')
    .int('a whole number')
    .min(1, 'at least 1')
    .max(GROUPS_MAX, `at most ${GROUPS_MAX}`)
    .default(20)
    .describe('Groups, at most; the rest is `other`'),
  compare,
}

const bucketSeconds = z.coerce
  .number('a whole number of seconds')
  .int('a whole number of seconds')
  .min(1, 'at least 1')
  .max(31_536_000, 'at most a year')
  .optional()
  .describe('Length of a bucket. Default: one that makes about sixty')

const documented = documentRoute({
  id: 'getStats',
  summary: 'Statistics, in total and grouped by up to two fields',
  tag: 'statistics',
  reply: statsSchema,
  description: 'The figures',
})
const documentedSeries = documentRoute({
  id: 'getTimeseries',
  summary: 'Statistics over time',
  tag: 'statistics',
  reply: timeseriesSchema,
  description: 'Every bucket of the window, in order',
})
const documentedDistribution = documentRoute({
  id: 'getDistribution',
  summary: 'Histogram of a measure, and the same over time',
  tag: 'statistics',
  reply: distributionSchema,
  description: 'The histogram and the heat map',
})

/** `/v1/stats` */
export function stats({ store }: AppDependencies): Hono<ApiEnv> {
  const seriesParameters = { ...scopeParameters, bucketSeconds }
  const distributionParameters = { ...seriesParameters, measure: oneOf(MEASURES).default('durationMs') }
  return new Hono<ApiEnv>()
    .get('/', documented, query(statsParameters), async (c) => {
      const given = c.req.valid('query')
      const { groupBy = [], order, limit } = given
      return c.json(
        await readStats(asked(c, { store }, given), {
          ...about(given),
          groupBy,
          order,
          limit,
          compare: given.compare,
        }),
      )
    })
    .get('/timeseries', documentedSeries, query(seriesParameters), async (c) => {
      const given = c.req.valid('query')
      return c.json(
        await timeseries(asked(c, { store }, given), { ...about(given), bucketSeconds: given.bucketSeconds }),
      )
    })
    .get('/distribution', documentedDistribution, query(distributionParameters), async (c) => {
      const given = c.req.valid('query')
      const { scope } = asked(c, { store }, given)
      const { window, filter } = about(given)
      const length = chosenBucket(window, given.bucketSeconds)
      const histogram = await getDistribution(store, {
        scope,
        window,
        filter,
        measure: given.measure,
        bucketSeconds: length,
      })
      return c.json({ window, measure: given.measure, bucketSeconds: length, ...histogram })
    })
}

type Given = z.output<z.ZodObject<typeof scopeParameters>>

function asked(c: ApiContext, { store }: Pick<AppDependencies, 'store'>, { organization }: Given) {
  return { store, scope: scopeOf(c, organization) }
}

function about(given: Given) {
  return { window: resolveWindow(given, Date.now()), filter: toFilter(given) }
}
