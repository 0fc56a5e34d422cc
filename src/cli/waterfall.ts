/** Runs of workflows: a list as a table, one as a waterfall. */
import { formatCount, formatMs, formatTime, formatUsd } from '../format.ts'
import type { WorkflowNode, WorkflowView } from '../service/workflow-executions.ts'
import type { WorkflowSummary } from '../store/queries/workflow-executions.ts'
import { escapeLine } from './escape-controls.ts'
import { renderTable, type Column } from './table.ts'
import type { Terminal } from './terminal.ts'

const right = (title: string): Column => ({ title, align: 'right' })
const NAME_MAX = 40
const BAR_MIN = 20
/** Columns beside the bar and the names. */
const BESIDE = 30

export function renderRuns(runs: readonly WorkflowSummary[]): string {
  return renderTable(
    [
      { title: 'started (UTC)' },
      { title: 'state' },
      { title: 'run', max: NAME_MAX },
      right('executions'),
      right('failures'),
      right('retries'),
      right('nodes'),
      right('took'),
      right('busy'),
      right('cost'),
    ],
    runs.map((run) => [
      formatTime(run.startedAt),
      run.state,
      run.workflowExecutionId,
      formatCount(run.executionCount),
      formatCount(run.failureCount),
      formatCount(run.retryCount),
      formatCount(run.nodeCount),
      formatMs(run.elapsedMs),
      formatMs(run.durationMs),
      formatUsd(run.costAllocatedNanoUsd ?? run.costRunNanoUsd),
    ]),
  )
}

/** One line of a waterfall; times are ms from the begin of the run. */
interface Line {
  name: string
  note: string
  offsetMs: number
  /** Before the run itself: queue and start-up. */
  waitMs: number
  /** Null while it runs. */
  ranMs: number | null
}

/** Totals, then each node with its attempts, or each span, on one time axis. */
export function renderRun(found: WorkflowView, { spans }: { spans?: true }, terminal: Terminal): string {
  const lines = spans === true ? spanLines(found) : found.nodes.flatMap(nodeLines)
  const style = found.state === 'failed' ? 'red' : found.state === 'succeeded' ? 'green' : 'yellow'
  const heading = `${terminal.paint('bold', escapeLine(found.workflowExecutionId, NAME_MAX), 'stdout')} ${terminal.paint(style, found.state, 'stdout')}`
  const more = Object.entries(found.truncated).filter(([, cut]) => cut)
  const notes = [
    ...found.traces.flatMap(({ url }) => (url === null ? [] : [`trace  ${url}`])),
    ...(more.length === 0 ? [] : [`There are more ${more.map(([what]) => what).join(', ')} than are shown.`]),
  ]
  return [
    heading,
    totalsOf(found),
    '',
    drawLines(lines, terminal),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n')
}

function totalsOf(run: WorkflowView): string {
  const open = run.runningCount + run.missingCount
  return [
    formatTime(run.startedAt),
    `took ${formatMs(run.elapsedMs)}, busy ${formatMs(run.durationMs)}`,
    `${formatCount(run.executionCount)} executions, ${formatCount(run.failureCount)} failed, ${formatCount(run.retryCount)} retried`,
    ...(open === 0
      ? []
      : [`${formatCount(run.runningCount)} running, ${formatCount(run.missingCount)} missing`]),
    `cost ${formatUsd(run.costAllocatedNanoUsd ?? run.costRunNanoUsd)}`,
  ].join(' · ')
}

function nodeLines({ nodeId, attempts, state }: WorkflowNode): Line[] {
  const name = nodeId ?? '(no node)'
  const numbers = new Set(attempts.map(({ attempt }) => attempt))
  const each = attempts.map((attempt, index): Line => ({
    name: attempts.length === 1 ? name : `  #${numbers.size < attempts.length ? index + 1 : attempt.attempt}`,
    note: attempt.outcome === null ? attempt.phase : (attempt.errorType ?? attempt.outcome),
    offsetMs: attempt.offsetMs,
    waitMs: (attempt.queueMs ?? 0) + (attempt.startupMs ?? 0),
    ranMs: attempt.durationMs,
  }))
  if (each.length === 1) return each
  const begin = Math.min(...each.map(({ offsetMs }) => offsetMs))
  const end = Math.max(...each.map((line) => line.offsetMs + line.waitMs + (line.ranMs ?? 0)))
  return [{ name, note: state, offsetMs: begin, waitMs: end - begin, ranMs: 0 }, ...each]
}

function spanLines({ spans }: WorkflowView): Line[] {
  return spans.map(({ name, depth, status, offsetMs, durationMs }) => ({
    name: `${'  '.repeat(Math.min(depth, 10))}${name}`,
    note: status === 'Error' ? 'error' : '',
    offsetMs,
    waitMs: 0,
    ranMs: durationMs,
  }))
}

function drawLines(lines: readonly Line[], terminal: Terminal): string {
  const begin = Math.min(0, ...lines.map(({ offsetMs }) => offsetMs))
  const end = Math.max(1, ...lines.map((line) => line.offsetMs + line.waitMs + (line.ranMs ?? 0)))
  const longest = Math.min(NAME_MAX, Math.max(4, ...lines.map(({ name }) => name.length)))
  const width = Math.max(BAR_MIN, terminal.columns - longest - BESIDE)
  const place = (ms: number): number => Math.round(((ms - begin) / (end - begin)) * width)
  const bar = ({ offsetMs, waitMs, ranMs }: Line): string => {
    const [from, run] = [place(offsetMs), place(offsetMs + waitMs)]
    const to = ranMs === null ? width : place(offsetMs + waitMs + ranMs)
    // However short, a run is seen; the line above several attempts has none of its own.
    const ran = (ranMs === null ? '▒' : '█').repeat(Math.max(to - run, ranMs === 0 ? 0 : 1))
    return `${' '.repeat(Math.min(from, width - 1))}${'·'.repeat(run - from)}${ran}`
  }
  return renderTable(
    [
      { title: '', max: NAME_MAX },
      { title: '' },
      right('ran'),
      { title: `0 to ${formatMs(end)}`, max: width + 2 },
    ],
    lines.map((line) => [line.name, line.note, line.ranMs === 0 ? '' : formatMs(line.ranMs), bar(line)]),
  )
}
