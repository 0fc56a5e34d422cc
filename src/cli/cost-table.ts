/** Costs as tables. */
import { shareOf } from '../cost/money.ts'
import { formatCount, formatRate, formatTime, formatUsd } from '../format.ts'
import type { CostForecast } from '../service/cost-forecast.ts'
import type { WhatIf } from '../service/cost-what-if.ts'
import type { CostChange, CostReport } from '../service/costs.ts'
import type { CostFigures } from '../store/cost-measures.ts'
import { renderTable, type Column } from './table.ts'
import type { Terminal } from './terminal.ts'

const right = (title: string): Column => ({ title, align: 'right' })
const TITLE_MAX = 40
const OTHER = '(other)'

/** The groups, the others and the total; with the change of each where it was asked for. */
export function renderCosts(found: CostReport, terminal: Terminal): string {
  const fields = Object.keys(found.groups[0]?.key ?? {})
  const compared = found.change !== undefined
  const columns = [
    ...fields.map((title) => ({ title, max: TITLE_MAX })),
    right('count'),
    right('success'),
    right('cost'),
    ...(compared ? [right('change')] : []),
    right('share'),
    right('of tokens'),
    right('per success'),
    right('of failures'),
    right('of timeouts'),
    right('unpriced'),
  ]
  const cellsOf = (figures: CostFigures, change: CostChange | undefined): string[] =>
    toCells(figures, found.total.costNanoUsd, compared ? formatChange(change) : null)
  const named = (name: string): string[] => fields.map((_, index) => (index === 0 ? name : ''))
  const rows = [
    ...found.groups.map(({ key, change, ...figures }) => [
      ...Object.values(key),
      ...cellsOf(figures, change),
    ]),
    ...(found.other === null ? [] : [[...named(OTHER), ...cellsOf(found.other, undefined)]]),
    [...named('(all)'), ...cellsOf(found.total, found.change)],
  ]
  const { from, to } = found.window
  const heading = `${formatTime(from)} to ${formatTime(to)} UTC${compared ? '; change: from the window before' : ''}`
  return `${terminal.paint('bold', heading, 'stdout')}\n${renderTable(columns, rows)}`
}

function toCells(figures: CostFigures, whole: number | null, change: string | null): string[] {
  return [
    formatCount(figures.count),
    formatRate(shareOf(figures.successCount, figures.count)),
    formatUsd(figures.costNanoUsd),
    ...(change === null ? [] : [change]),
    formatRate(shareOf(figures.costNanoUsd, whole)),
    formatUsd(figures.costTokensNanoUsd),
    formatUsd(figures.perSuccessNanoUsd),
    formatUsd(figures.failures.costNanoUsd),
    formatUsd(figures.timeouts.costNanoUsd),
    formatCount(figures.unpricedCount),
  ]
}

function formatChange(change: CostChange | undefined): string {
  const ratio = change?.costNanoUsd.ratio ?? null
  return ratio === null ? '–' : `${ratio > 0 ? '+' : ''}${formatCount(Math.round(ratio * 100))} %`
}

/** One line. */
export function renderForecast(forecast: CostForecast): string {
  const { month, spentNanoUsd, forecastNanoUsd, lowNanoUsd, highNanoUsd, method } = forecast
  const spent = `${month.from.slice(0, 7)}: ${formatUsd(spentNanoUsd)} so far`
  if (forecastNanoUsd === null) return `${spent}; forecast: ${method}.`
  return `${spent}, forecast ${formatUsd(forecastNanoUsd)} (${formatUsd(lowNanoUsd)} to ${formatUsd(highNanoUsd)}): ${method}.`
}

export function renderWhatIf({ runtime, count, actual, estimate, assumptions }: WhatIf): string {
  const unpriced = actual.unpricedCount === 0 ? '' : `, ${formatCount(actual.unpricedCount)} of them unknown`
  return [
    `${formatCount(count)} executions cost ${formatUsd(actual.costNanoUsd)}${unpriced}`,
    `on ${runtime}: ${formatUsd(estimate.costAllocatedNanoUsd)}, of which ${formatUsd(estimate.costRunNanoUsd)} for the runs`,
    ...assumptions.map((line) => `  assuming that ${line}`),
  ].join('\n')
}
