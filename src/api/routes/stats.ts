import { Hono } from 'hono'
import { z } from 'zod'
import { stats as readStats } from '../../service/stats.ts'
import { chosenBucket, timeseries } from '../../service/timeseries.ts'
import { getDistribution, MEASURES } from '../../store/queries/distribution.ts'
import { GROUP_FIELDS, GROUP_ORDERS } from '../../store/queries/stats.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { readQuestion, scopeParameters } from '../filter-parameters.ts'
import { compare, countUpTo, oneOf, query, someOf } from '../parameters.ts'
import { distributionSchema, statsSchema, timeseriesSchema } from '../stats-schema.ts'

/** Stretches of a trend. */
const TREND_MAX = 100

const statsParameters = {
  ...scopeParameters,
  groupBy: someOf(GROUP_FIELDS, 2).optional(),
  order: oneOf(GROUP_ORDERS).default('count').describe('What the groups are ordered by, the greatest first'),
  limit: countUpTo(200, 20).describe('Groups, at most; the rest is `other`'),
  trend: z.coerce
    .number('a whole number of stretches')
    .int('a whole number of stretches')
    .min(1, 'at least 1')
    .max(TREND_MAX, `at most ${TREND_MAX}`)
    .optional()
    .describe('Adds to each group its executions in so many equal stretches of the window'),
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
      const { groupBy = [], order, limit, trend, compare: comparedWith } = given
      const { scope, ...question } = readQuestion(c, given)
      return c.json(
        await readStats(
          { store, scope },
          { ...question, groupBy, order, limit, trend, compare: comparedWith },
        ),
      )
    })
    .get('/timeseries', documentedSeries, query(seriesParameters), async (c) => {
      const given = c.req.valid('query')
      const { scope, ...question } = readQuestion(c, given)
      return c.json(await timeseries({ store, scope }, { ...question, bucketSeconds: given.bucketSeconds }))
    })
    .get('/distribution', documentedDistribution, query(distributionParameters), async (c) => {
      const given = c.req.valid('query')
      const { measure } = given
      const question = readQuestion(c, given)
      const { window } = question
      const length = chosenBucket(window, given.bucketSeconds)
      const histogram = await getDistribution(store, { ...question, measure, bucketSeconds: length })
      return c.json({ window, measure, bucketSeconds: length, ...histogram })
    })
}
