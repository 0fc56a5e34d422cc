/** Comparisons as tables. */
import type { DifferencesReply } from '../client/index.ts'
import { formatBytes, formatCount, formatMs, formatRate } from '../format.ts'
import type { VersionComparison } from '../service/compare-versions.ts'
import type { Interval } from '../service/confidence.ts'
import { escapeLine } from './escape-controls.ts'
import { renderTable, type Column } from './table.ts'
import type { Terminal } from './terminal.ts'

const right = (title: string): Column => ({ title, align: 'right' })
const NAME_MAX = 40
const ERRORS_SHOWN = 5

/** Two versions side by side, with the verdict of chance, and the errors that came or went. */
export function renderVersions(found: VersionComparison, terminal: Terminal): string {
  const { a, b } = found
  const table = renderTable(
    [{ title: '' }, right(a.version), right(b.version), right('b against a'), { title: '' }],
    [
      ['executions', formatCount(a.count), formatCount(b.count), '', ''],
      [
        'success',
        formatRate(a.successRate),
        formatRate(b.successRate),
        ...points(found.successRateDifference),
      ],
      ['duration p50', formatMs(a.durationMs.p50), formatMs(b.durationMs.p50), ...times(found.durationRatio)],
      [
        'memory p50',
        formatBytes(a.memoryPeakBytes.p50),
        formatBytes(b.memoryPeakBytes.p50),
        ...times(found.memoryRatio),
      ],
    ],
  )
  const lists = [
    errorList(`new in ${b.version}`, found.newErrors, terminal),
    errorList(`gone since ${a.version}`, found.goneErrors, terminal),
  ]
  return [table, ...lists.filter((list) => list !== '')].join('\n\n')
}

function points(interval: Interval | null): string[] {
  if (interval === null) return ['–', 'too few executions']
  return [
    `${percent(interval.estimate)} (${percent(interval.low)} to ${percent(interval.high)}) %`,
    verdict(interval),
  ]
}

function percent(value: number): string {
  return `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`
}

function times(interval: Interval | null): string[] {
  if (interval === null) return ['–', 'too few executions']
  const { estimate, low, high } = interval
  return [`× ${estimate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`, verdict(interval)]
}

function verdict({ significant }: Interval): string {
  return significant ? 'differs' : 'may be chance'
}

function errorList(title: string, errors: VersionComparison['newErrors'], terminal: Terminal): string {
  if (errors.length === 0) return ''
  const rows = errors
    .slice(0, ERRORS_SHOWN)
    .map(({ countA, countB, message, executionId }) => [formatCount(countA + countB), message, executionId])
  const heading = terminal.paint('bold', `errors ${escapeLine(title, NAME_MAX)}`, 'stdout')
  return `${heading}\n${renderTable([right('count'), { title: 'message' }, { title: 'an execution' }], rows)}`
}

/** The fields that differ most, each with its most different values. */
export function renderDifferences(found: DifferencesReply, terminal: Terminal): string {
  const { a, b } = found
  const heading = terminal.paint(
    'bold',
    `a: ${formatCount(a.count)} executions, b: ${formatCount(b.count)}`,
    'stdout',
  )
  if (a.count === 0 || b.count === 0)
    return `${heading}\nNothing to compare: a set is empty. Widen the window or the conditions.`
  if (found.fields.length === 0) return `${heading}\nNo field differs.`
  const rows = found.fields.flatMap(({ field, significant, values }) =>
    values
      .slice(0, 3)
      .map((value, index) => [
        index === 0 ? field : '',
        value.value ?? '(none)',
        formatRate(value.shareA),
        formatRate(value.shareB),
        index > 0 || significant ? '' : 'may be chance',
      ]),
  )
  const columns = [
    { title: 'field' },
    { title: 'value', max: NAME_MAX },
    right('of a'),
    right('of b'),
    { title: '' },
  ]
  return `${heading}\n${renderTable(columns, rows)}`
}
