/** Figures by group as a table. */
import type { Change } from '../service/compare-figures.ts'
import type { StatsReport } from '../service/stats.ts'
import type { Figures } from '../store/measures.ts'
import { formatBytes, formatCount, formatMs, formatRate, formatTime } from '../format.ts'
import { renderTable, type Column } from './table.ts'
import type { Terminal } from './terminal.ts'

const right = (title: string): Column => ({ title, align: 'right' })
const TITLE_MAX = 40

/** The groups, the others and the total; with the change of each where it was asked for. */
export function renderGroupedStats(stats: StatsReport, terminal: Terminal): string {
  const fields = Object.keys(stats.groups[0]?.key ?? {})
  const compared = stats.change !== undefined
  const columns = [
    ...fields.map((title) => ({ title, max: TITLE_MAX })),
    right('count'),
    right('success'),
    right('p50'),
    right('p95'),
    right('memory p95'),
    ...(compared ? [right('count'), right('success'), right('p95')] : []),
  ]
  const rows = stats.groups.map(({ key, change, ...figures }) => [
    ...Object.values(key),
    ...cellsOf(figures),
    ...(compared ? changeCells(change) : []),
  ])
  const named = (name: string): string[] => fields.map((_, index) => (index === 0 ? name : ''))
  const padding = compared ? ['', '', ''] : []
  if (stats.other !== null) rows.push([...named('(other)'), ...cellsOf(stats.other), ...padding])
  rows.push([...named('(all)'), ...cellsOf(stats.total), ...(compared ? changeCells(stats.change) : [])])
  const { from, to } = stats.window
  const heading = `${formatTime(from)} to ${formatTime(to)} UTC${compared ? '; last columns: change from the window before' : ''}`
  return `${terminal.paint('bold', heading, 'stdout')}\n${renderTable(columns, rows)}`
}

function cellsOf({ count, successRate, durationMs, memoryPeakBytes }: Figures): string[] {
  return [
    formatCount(count),
    formatRate(successRate),
    formatMs(durationMs.p50),
    formatMs(durationMs.p95),
    formatBytes(memoryPeakBytes.p95),
  ]
}

function changeCells(change: Change | undefined): string[] {
  if (change === undefined) return ['', '', '']
  const { count, successRate, durationP95Ms } = change
  const points = successRate.by === null ? null : Math.round(successRate.by * 1000) / 10
  return [
    count.by === null ? '–' : signed(count.by, ''),
    points === null ? '–' : signed(points, ' %'),
    durationP95Ms.ratio === null ? '–' : signed(Math.round(durationP95Ms.ratio * 100), ' %'),
  ]
}

function signed(value: number, unit: string): string {
  return `${value > 0 ? '+' : ''}${formatCount(value)}${unit}`
}
