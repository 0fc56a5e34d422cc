/** How often each value of a measure occurs; its table leads to the executions. */
import type { ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import type { FilterField } from '../../record/conditions.ts'
import { ExecutionsLink } from '../components/executions-link.tsx'
import styles from './charts.module.css'
import { DataTable, type DataColumn } from './data-table.tsx'
import { formatTick, formatUnit, type Unit } from './units.ts'

export interface HistogramBin {
  /** Least value, included. */
  from: number
  /** Greatest value, excluded. */
  to: number
  count: number
}

interface HistogramProps {
  label: string
  unit: Unit
  /** Ascending; ones without executions are left out. */
  bins: readonly HistogramBin[]
  /** What the bins are of, for the links. */
  field: FilterField
  /** Conditions that all executions were narrowed by. */
  where: readonly string[]
}

export function Histogram({ label, unit, bins, field, where }: HistogramProps): ReactNode {
  const most = bins.reduce((greatest, { count }) => Math.max(greatest, count), 1)
  const linkOf = ({ from, to }: HistogramBin): string[] => [...where, `${field}>=${from}`, `${field}<${to}`]
  const first = bins[0]
  const last = bins.at(-1)
  return (
    <figure className={styles['figure']}>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the bars are elements */}
      <div className={styles['bars']} role="img" aria-label={label}>
        {withGaps(bins).map(({ from, to, count }) => (
          <span
            key={from}
            className={styles['column']}
            title={`${formatCount(count)} executions from ${formatUnit(unit, from)} to ${formatUnit(unit, to)}`}
          >
            <i style={{ height: `${(count / most) * 100}%` }} />
          </span>
        ))}
      </div>
      <p className={styles['ends']} aria-hidden="true">
        <span>{first === undefined ? '' : formatTick(unit, first.from)}</span>
        <span>{last === undefined ? '' : formatTick(unit, last.to)}</span>
      </p>
      <DataTable
        caption={label}
        columns={columnsOf(unit, linkOf)}
        rows={bins}
        keyOf={({ from }) => String(from)}
      />
    </figure>
  )
}

/** A bin is 19 % wide; where the next one begins later, those between have no executions. */
function withGaps(bins: readonly HistogramBin[]): HistogramBin[] {
  const all: HistogramBin[] = []
  for (const bin of bins) {
    let last = all.at(-1)
    while (last !== undefined && last.to > 0 && last.to < bin.from * 0.999) {
      last = { from: last.to, to: last.to * 2 ** 0.25, count: 0 }
      all.push(last)
    }
    all.push(bin)
  }
  return all
}

function columnsOf(
  unit: Unit,
  linkOf: (bin: HistogramBin) => readonly string[],
): readonly DataColumn<HistogramBin>[] {
  return [
    { title: 'From', align: 'right', cell: ({ from }) => formatUnit(unit, from) },
    { title: 'Below', align: 'right', cell: ({ to }) => formatUnit(unit, to) },
    {
      title: 'Executions',
      align: 'right',
      cell: (bin) => <ExecutionsLink where={linkOf(bin)}>{formatCount(bin.count)}</ExecutionsLink>,
    },
  ]
}
