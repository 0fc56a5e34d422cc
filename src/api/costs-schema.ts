/** Schemas of costs for the OpenAPI document. */
import { z } from 'zod'
import { modelLine, resourceLine } from '../cost/price-book.ts'
import { RUNTIMES } from '../execution.ts'
import { mapNames } from '../record/record.ts'
import { COST_BUCKETS } from '../store/queries/costs.ts'
import { GROUP_FIELDS } from '../store/queries/stats.ts'
import { windowSchema } from './record-schema.ts'

const count = z.int()
const nanoUsd = z.number().nullable()
const sum = nanoUsd.describe('Sum, 10⁻⁹ USD; null where none is known')
const share = z.object({ count: count.describe('Executions'), costNanoUsd: sum }).meta({ id: 'CostShare' })
const figures = {
  count: count.describe('Executions'),
  successCount: count,
  costNanoUsd: sum.describe(
    'Resources (held, or where that is unknown used) and tokens, 10⁻⁹ USD; null where none is known',
  ),
  costRunNanoUsd: sum,
  costAllocatedNanoUsd: sum,
  costTokensNanoUsd: sum,
  perSuccessNanoUsd: nanoUsd.describe('The cost over the executions that succeeded; null where none did'),
  unpricedCount: count.describe('Executions whose resources have no known cost'),
  tokensUnpricedCount: count.describe('Executions whose tokens have no known cost'),
  failures: share.describe('Executions that did not succeed'),
  timeouts: share.describe('Executions that timed out'),
}
const figuresSchema = z.object(figures).meta({ id: 'CostFigures' })
const step = z.object({ by: nanoUsd, ratio: nanoUsd })
const change = z
  .object({ count: step, costNanoUsd: step, perSuccessNanoUsd: step })
  .describe('Difference from the window before, and the difference over what it was')
  .meta({ id: 'CostChange' })
const key = z
  .object(mapNames(GROUP_FIELDS, () => z.string().nullable().optional()))
  .describe('Values of the fields grouped by; null is an absent value')
const grouped = {
  total: figuresSchema,
  groups: z
    .array(z.object({ key, ...figures, change: change.optional() }))
    .describe('The greatest groups, in order'),
  other: figuresSchema.nullable().describe('All executions outside of `groups`; null when there are none'),
}

export const costsSchema = z
  .object({
    window: windowSchema,
    ...grouped,
    previous: z
      .object({ window: windowSchema, ...grouped })
      .optional()
      .describe('The same groups in the window of the same length before; with `compare=previous`'),
    change: change.optional(),
  })
  .meta({ id: 'Costs' })

const time = z.string().describe('ISO 8601 UTC')

export const costSeriesSchema = z
  .object({
    window: windowSchema,
    bucket: z.enum(COST_BUCKETS),
    buckets: z.array(
      z.object({
        from: time,
        to: time,
        complete: z.boolean().describe('False where the window or the present cuts the bucket'),
        ...grouped,
      }),
    ),
  })
  .meta({ id: 'CostSeries' })

export const costForecastSchema = z
  .object({
    month: windowSchema,
    spentNanoUsd: z.number().describe('Known costs of the month so far, 10⁻⁹ USD'),
    forecastNanoUsd: nanoUsd.describe('The whole month, 10⁻⁹ USD; null with too little history'),
    lowNanoUsd: nanoUsd.describe('Low end of the range that covers four of five cases'),
    highNanoUsd: nanoUsd.describe('High end of it'),
    historyDays: count.describe('Complete days that the forecast rests on'),
    method: z.string(),
    unpricedCount: count.describe('Executions of the month whose cost is unknown and left out'),
  })
  .meta({ id: 'CostForecast' })

export const priceLinesSchema = z
  .object({
    resources: z.array(resourceLine).describe('Prices of runtimes, the newest first'),
    models: z
      .array(modelLine)
      .describe('Prices of tokens by the files; other models have those of a library'),
  })
  .meta({ id: 'PriceLines' })

export const whatIfSchema = z
  .object({
    window: windowSchema,
    runtime: z.enum(RUNTIMES),
    count: count.describe('Executions that are estimated'),
    actual: z
      .object({ costNanoUsd: sum, unpricedCount: count })
      .describe('What their resources did cost, as far as it is known'),
    estimate: z
      .object({
        costRunNanoUsd: nanoUsd,
        costAllocatedNanoUsd: nanoUsd,
        priceId: z.string().nullable(),
      })
      .describe('What they would have cost, 10⁻⁹ USD; null where the runtime has no price'),
    assumptions: z.array(z.string()).describe('What the estimate takes for granted'),
  })
  .meta({ id: 'CostWhatIf' })
