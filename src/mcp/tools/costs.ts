/** The tool that answers with costs. */
import { z } from 'zod'
import { COST_ORDERS } from '../../store/cost-measures.ts'
import { filterInput, groupInput, toFilter, windowSchema } from '../parameters.ts'
import { defineTool } from '../tool.ts'

const nanoUsd = z.number().nullable()
const share = z.object({ count: z.number(), costNanoUsd: nanoUsd }).meta({ id: 'Share' })
const shape = {
  count: z.number().describe('Executions'),
  successCount: z.number(),
  costNanoUsd: nanoUsd.describe('Resources and tokens, 1e-9 USD; null where none is known'),
  costTokensNanoUsd: nanoUsd,
  perSuccessNanoUsd: nanoUsd,
  unpricedCount: z.number().describe('Executions whose resources have no known cost; they are left out'),
  failures: share,
  timeouts: share,
}
const figures = z.object(shape).meta({ id: 'Costs' })
const change = z
  .object({ by: nanoUsd, ratio: nanoUsd.describe('`by` over what it was before') })
  .describe('Of costNanoUsd, from the window of the same length just before')
  .meta({ id: 'CostChange' })

export const getCosts = defineTool({
  name: 'get_costs',
  title: 'Costs by group',
  kind: 'reads',
  description:
    'What executions cost, in total and by group: per success, of failures and of timeouts, compared with the window before; a forecast of the month. Amounts are in 1e-9 USD; divide by 1e9 before you show them. Unknown costs are null or left out, and counted in unpricedCount.',
  input: z.strictObject({
    ...filterInput,
    groupBy: groupInput.groupBy,
    order: z
      .enum(COST_ORDERS)
      .default('cost')
      .describe('Groups with the greatest first; `failures` is their cost'),
    limit: groupInput.limit,
    comparePrevious: z
      .boolean()
      .default(false)
      .describe('Also the change from the window of the same length before'),
    forecast: z.boolean().default(false).describe('Also what the current month is going to cost'),
    budgets: z.boolean().default(false).describe('Also the budgets, and how much of each is used'),
  }),
  output: z.object({
    window: windowSchema,
    total: figures,
    groups: z.array(
      z.object({
        key: z.record(z.string(), z.string().nullable()),
        costs: figures,
        change: change.optional(),
      }),
    ),
    other: figures.nullable().describe('All executions outside of `groups`; null when there are none'),
    change: change.optional(),
    forecast: z
      .object({
        month: windowSchema,
        spentNanoUsd: z.number(),
        forecastNanoUsd: nanoUsd,
        lowNanoUsd: nanoUsd,
        highNanoUsd: nanoUsd,
        method: z.string(),
      })
      .optional(),
    budgets: z.array(z.record(z.string(), z.unknown())).optional(),
  }),
  async answer(
    { groupBy, order, limit, comparePrevious, forecast: wantsForecast, budgets: wantsBudgets, ...filter },
    { client, signal },
  ) {
    const narrowed = toFilter(filter)
    const compare = comparePrevious ? ('previous' as const) : undefined
    const found = await client.getCosts({ ...narrowed, groupBy, order, limit, compare }, { signal })
    const { from: _from, to: _to, ...ofMonth } = narrowed
    const forecast = wantsForecast ? await client.getCostForecast(ofMonth, { signal }) : undefined
    const { organization } = narrowed
    const held = wantsBudgets ? await client.listBudgets({ organization }, { signal }) : undefined
    return {
      window: found.window,
      total: found.total,
      groups: found.groups.map((group) => ({
        key: group.key,
        costs: group,
        change: group.change?.costNanoUsd,
      })),
      other: found.other,
      change: found.change?.costNanoUsd,
      forecast,
      budgets: held?.data.map((budget) => Object.fromEntries(Object.entries(budget))),
    }
  },
})
