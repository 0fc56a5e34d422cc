/** Costs by month and group as CSV, for the command line and the dashboard. */

/** Figures of a set of executions, 10⁻⁹ USD; null is unknown. */
interface Amounts {
  count: number
  successCount: number
  failures: { count: number }
  timeouts: { count: number }
  unpricedCount: number
  costNanoUsd: number | null
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
  costTokensNanoUsd: number | null
}

interface Month {
  /** ISO 8601 UTC */
  from: string
  groups: readonly (Amounts & { key: Readonly<Record<string, string | null | undefined>> })[]
  other: Amounts | null
}

/** Groups of a CSV, at most; the others are a row of their own, so that months add up. */
export const CSV_GROUPS = 200

const OTHER = '(other)'
const COSTS = ['costNanoUsd', 'costRunNanoUsd', 'costAllocatedNanoUsd', 'costTokensNanoUsd'] as const

/** A row for each month and group; the others are a group, so the rows of a month add up to it, to the nano-dollar. */
export function costCsv(months: readonly Month[], fields: readonly string[]): string {
  const head = [
    'month',
    ...fields,
    'executions',
    'successes',
    'failures',
    'timeouts',
    'unpriced',
    'costUsd',
    ...COSTS,
  ]
  const rows = months.flatMap(({ from, groups, other }) => {
    const month = from.slice(0, 7)
    const others = other === null ? [] : [[month, ...fields.map(() => OTHER), ...amountCells(other)]]
    return [
      ...groups.map(({ key, ...figures }) => [
        month,
        ...fields.map((name) => key[name] ?? null),
        ...amountCells(figures),
      ]),
      ...others,
    ]
  })
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\n')
}

function amountCells(figures: Amounts): (string | number | null)[] {
  const { count, successCount, failures, timeouts, unpricedCount, costNanoUsd } = figures
  return [
    count,
    successCount,
    failures.count,
    timeouts.count,
    unpricedCount,
    costNanoUsd === null ? null : exactUsd(costNanoUsd),
    ...COSTS.map((name) => figures[name]),
  ]
}

/** USD with all nine decimals. */
function exactUsd(nanoUsd: number): string {
  const digits = String(nanoUsd).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** Absent is empty. A spreadsheet takes a text that begins like a formula for one, so it gets a quotation mark. */
function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
