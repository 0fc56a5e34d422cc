/** `exectrail cost`: what executions cost, from the running service. */
import { loadConfig } from '../../config.ts'
import { costCsv, CSV_GROUPS } from '../../cost/csv.ts'
import type { CostForecast } from '../../service/cost-forecast.ts'
import type { WhatIf } from '../../service/cost-what-if.ts'
import type { CostReport, CostSeries } from '../../service/costs.ts'
import { renderCosts, renderForecast, renderWhatIf } from '../cost-table.ts'
import { toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService, type Query, type ServiceClient } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'

export interface CostOptions extends FilterOptions {
  by: string
  order: string
  limit: string
  compare?: true
  whatIf?: string
  vcpus?: string
  memoryMb?: string
  json?: true
  csv?: true
}

export async function cost(options: CostOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const filter = toFilterQuery(options, Date.now())
  if (options.whatIf !== undefined) await printWhatIf(service, filter, options, terminal)
  else if (options.csv) await printCsv(service, filter, options, terminal)
  else await printCosts(service, filter, options, terminal)
  return 0
}

async function printCosts(
  service: ServiceClient,
  filter: Query,
  { by, order, limit, compare, json }: CostOptions,
  terminal: Terminal,
): Promise<void> {
  const query = { ...filter, groupBy: by, order, limit, compare: compare === true ? 'previous' : undefined }
  const found = await service.get<CostReport>('/v1/costs', query)
  if (json) return terminal.data(toJson(found))
  if (found.total.count === 0) {
    terminal.say(`No executions match from ${found.window.from} to ${found.window.to}.`)
    terminal.say('Look further back with --since 365d.')
    return undefined
  }
  await terminal.data(renderCosts(found, terminal))
  const { unpricedCount } = found.total
  if (unpricedCount > 0)
    terminal.say(
      `The resources of ${unpricedCount} executions have no known cost and are left out; docs/costs.md says how to set prices.`,
    )
  const { from: _from, to: _to, ...ofMonth } = filter
  terminal.say(renderForecast(await service.get<CostForecast>('/v1/costs/forecast', ofMonth)))
}

async function printCsv(
  service: ServiceClient,
  filter: Query,
  { by, order }: CostOptions,
  terminal: Terminal,
): Promise<void> {
  const query = { ...filter, groupBy: by, order, limit: CSV_GROUPS, bucket: 'month' }
  const { buckets } = await service.get<CostSeries>('/v1/costs/timeseries', query)
  await terminal.data(costCsv(buckets, by.split(',')))
}

async function printWhatIf(
  service: ServiceClient,
  filter: Query,
  { whatIf: target, vcpus, memoryMb, json }: CostOptions,
  terminal: Terminal,
): Promise<void> {
  const found = await service.get<WhatIf>('/v1/costs/what-if', { ...filter, target, vcpus, memoryMb })
  await terminal.data(json ? toJson(found) : renderWhatIf(found))
}
