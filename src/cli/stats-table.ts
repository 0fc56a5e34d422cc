/** Stats of an agent as tables. */
import type { AgentStats } from '../store/queries/agent-stats.ts'
import { formatBytes, formatCount, formatMs, formatRate, formatTime } from '../format.ts'
import { renderTable, type Column } from './table.ts'
import type { Terminal } from './terminal.ts'
import { escapeLine } from './escape-controls.ts'

const right = (title: string): Column => ({ title, align: 'right' })

/** All tables, one after another. */
export function renderStats(stats: AgentStats, terminal: Terminal): string {
  const heading = (text: string): string => terminal.paint('bold', text, 'stdout')
  const sections = [
    `${heading(escapeLine(stats.agentId, 80))}  ${formatTime(stats.window.from)} to ${formatTime(stats.window.to)} UTC`,
    renderTotals(stats),
    renderSpread(stats),
    `${heading('by outcome')}\n${renderTable(
      [{ title: 'outcome' }, right('count')],
      Object.entries(stats.byOutcome).map(([outcome, count]) => [outcome, formatCount(count)]),
    )}`,
    `${heading('by runtime')}\n${renderGroups(stats.byRuntime)}`,
    `${heading('by language')}\n${renderGroups(stats.byLanguage)}`,
  ]
  if (stats.topErrors.length > 0) sections.push(`${heading('top errors')}\n${renderErrors(stats)}`)
  return sections.join('\n\n')
}

function renderTotals(stats: AgentStats): string {
  return renderTable(
    [
      right('executions'),
      right('success'),
      right('validated'),
      right('tokens'),
      { title: 'first' },
      { title: 'last' },
    ],
    [
      [
        formatCount(stats.count),
        formatRate(stats.successRate),
        formatRate(stats.validationPassRate),
        formatCount(stats.tokensUsed.sum),
        formatTime(stats.firstSeen),
        formatTime(stats.lastSeen),
      ],
    ],
  )
}

function renderSpread({ durationMs, memoryPeakBytes }: AgentStats): string {
  const columns = [{ title: '' }, ...['avg', 'p50', 'p90', 'p95', 'p99', 'max'].map(right)]
  return renderTable(columns, [
    ['duration', ...spread(durationMs, formatMs)],
    ['memory', ...spread(memoryPeakBytes, formatBytes)],
  ])
}

function spread(values: AgentStats['durationMs'], format: (value: number | null) => string): string[] {
  const { avg, p50, p90, p95, p99, max } = values
  return [avg, p50, p90, p95, p99, max].map((value) => format(value))
}

function renderGroups(groups: AgentStats['byRuntime']): string {
  return renderTable(
    [{ title: 'name' }, right('count'), right('success'), right('p50'), right('p95')],
    groups.map((group) => [
      group.key,
      formatCount(group.count),
      formatRate(group.successRate),
      formatMs(group.durationMs.p50),
      formatMs(group.durationMs.p95),
    ]),
  )
}

function renderErrors({ topErrors }: AgentStats): string {
  return renderTable(
    [right('count'), { title: 'last' }, { title: 'message', max: 70 }, { title: 'an execution' }],
    topErrors.map((error) => [
      formatCount(error.count),
      formatTime(error.lastSeen),
      error.message,
      error.executionId,
    ]),
  )
}
