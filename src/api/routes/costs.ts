import { Hono } from 'hono'
import { z } from 'zod'
import { RUNTIMES } from '../../execution.ts'
import { costForecast } from '../../service/cost-forecast.ts'
import { whatIf } from '../../service/cost-what-if.ts'
import { costs as readCosts, costSeries } from '../../service/costs.ts'
import { COST_ORDERS } from '../../store/cost-measures.ts'
import { COST_BUCKETS } from '../../store/queries/costs.ts'
import { GROUP_FIELDS } from '../../store/queries/stats.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import {
  costForecastSchema,
  costSeriesSchema,
  costsSchema,
  priceLinesSchema,
  whatIfSchema,
} from '../costs-schema.ts'
import { documentRoute } from '../document-route.ts'
import { filterParameters, readQuestion, scopeParameters, toFilter } from '../filter-parameters.ts'
import { compare, countUpTo, oneOf, organization, query, someOf } from '../parameters.ts'

const groupParameters = {
  ...scopeParameters,
  groupBy: someOf(GROUP_FIELDS, 2).optional(),
  order: oneOf(COST_ORDERS)
    .default('cost')
    .describe('What the groups are ordered by, the greatest first; `failures` is their cost'),
  limit: countUpTo(200, 20).describe('Groups, at most; the rest is `other`'),
}
const seriesParameters = {
  ...groupParameters,
  bucket: oneOf(COST_BUCKETS)
    .optional()
    .describe('Length of a bucket, UTC; a week begins on Monday. Default: one that suits the window'),
}
const whatIfParameters = {
  ...scopeParameters,
  target: oneOf(RUNTIMES).describe('The runtime that the executions would have run on'),
  vcpus: z.coerce
    .number('a number of processors')
    .min(0.125, 'at least 0.125')
    .max(256, 'at most 256')
    .default(2)
    .describe('Of each sandbox, on e2b and bacalhau'),
  memoryMb: countUpTo(1_048_576, 512).describe('MiB of each sandbox, on e2b and bacalhau'),
}

const tag = 'statistics'
const documented = documentRoute({
  id: 'getCosts',
  summary: 'Costs, in total and grouped by up to two fields: of failures, of timeouts, per success',
  tag,
  reply: costsSchema,
  description: 'The costs',
})
const documentedSeries = documentRoute({
  id: 'getCostTimeseries',
  summary: 'Costs by hour, day, week or month, in total and by group',
  tag,
  reply: costSeriesSchema,
  description: 'Every bucket of the window, in order',
})
const documentedForecast = documentRoute({
  id: 'getCostForecast',
  summary: 'What the current month is going to cost, with a range',
  tag,
  reply: costForecastSchema,
  description: 'The forecast',
})
const documentedPrices = documentRoute({
  id: 'listPrices',
  summary: 'The lines of the price book, whose ids are the `priceId` of executions',
  tag,
  reply: priceLinesSchema,
  description: 'The lines',
})
const documentedWhatIf = documentRoute({
  id: 'getCostWhatIf',
  summary: 'What the same executions would have cost on another runtime',
  tag,
  reply: whatIfSchema,
  description: 'The estimate and its assumptions',
})

/** `/v1/costs` */
export function costs({ store, executor }: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/', documented, query({ ...groupParameters, compare }), async (c) => {
      const { groupBy = [], order, limit, ...given } = c.req.valid('query')
      const { scope, ...question } = readQuestion(c, given)
      const asked = { ...question, groupBy, order, limit, compare: given.compare }
      return c.json(await readCosts({ store, scope }, asked))
    })
    .get('/timeseries', documentedSeries, query(seriesParameters), async (c) => {
      const { groupBy = [], order, limit, bucket, ...given } = c.req.valid('query')
      const { scope, ...question } = readQuestion(c, given)
      return c.json(await costSeries({ store, scope }, { ...question, groupBy, order, limit, bucket }))
    })
    .get('/forecast', documentedForecast, query({ organization, ...filterParameters }), async (c) => {
      const given = c.req.valid('query')
      const scope = scopeOf(c, given.organization)
      return c.json(await costForecast({ store, scope }, { filter: toFilter(given), now: Date.now() }))
    })
    .get('/prices', documentedPrices, query({}), (c) => c.json(executor.prices.lines))
    .get('/what-if', documentedWhatIf, query(whatIfParameters), async (c) => {
      const { target, vcpus, memoryMb, ...given } = c.req.valid('query')
      const { scope, ...question } = readQuestion(c, given)
      const asked = { ...question, runtime: target, vcpus, memoryMb }
      const { prices } = executor
      return c.json(await whatIf({ store, scope, prices }, asked, new Date().toISOString()))
    })
}
