import type { ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { shareOf } from '../../../cost/money.ts'
import { formatCount, formatRate, formatUsd } from '../../../format.ts'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Change } from '../../components/figure.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { describeChange } from '../../format/change.ts'
import { visible } from '../../format/visible-text.ts'
import { conditionOf, useFilter } from '../../search/filter.ts'
import styles from './costs.module.css'
import { valueOf, type CostFigures, type GroupTab } from './fields.ts'

type Report = Operations['getCosts']['reply']
const HEADS = [
  'Cost',
  'Change',
  'Share',
  'Executions',
  'Success',
  'Per success',
  'Of failures',
  'Of time-outs',
  'Unknown',
]

/** The greatest groups, everything else, and the sum of both. */
export function GroupTable({ report, tab }: { report: Report; tab: GroupTab }): ReactNode {
  const { where, q } = useFilter()
  const { groups, other, total, previous } = report
  const earlier = new Map(previous?.groups.map((group) => [valueOf(group), group]))
  return (
    <ScrolledTable label={`Costs by ${tab.title.toLowerCase()}`} className={styles['table']}>
      <TableHead titles={[tab.title]} numbers={HEADS} />
      <tbody>
        {groups.map((group) => {
          const value = valueOf(group)
          const condition = conditionOf(tab.value, value, '=')
          return (
            <tr key={value ?? ''}>
              <th scope="row" className="untrusted">
                <ExecutionsLink where={[...where, condition]} q={q}>
                  {value === null ? '(none)' : visible(value)}
                </ExecutionsLink>
              </th>
              <Cells figures={group} before={earlier.get(value)} whole={total.costNanoUsd} />
            </tr>
          )
        })}
        {other !== null && <SumRow name="(others)" figures={other} whole={total.costNanoUsd} />}
        <SumRow name="(all)" figures={total} whole={total.costNanoUsd} before={previous?.total} />
      </tbody>
    </ScrolledTable>
  )
}

interface CellsProps {
  figures: CostFigures
  before?: CostFigures | undefined
  /** Cost of all. */
  whole: number | null
}

function SumRow({ name, ...cells }: CellsProps & { name: string }): ReactNode {
  return (
    <tr>
      <th scope="row">{name}</th>
      <Cells {...cells} />
    </tr>
  )
}

function Cells({ figures, before, whole }: CellsProps): ReactNode {
  const { count, successCount, costNanoUsd, perSuccessNanoUsd, failures, timeouts, unpricedCount } = figures
  const change = describeChange({
    now: costNanoUsd,
    before: before?.costNanoUsd ?? null,
    better: 'neither',
    as: 'ratio',
    samples: Math.min(count, before?.count ?? 0),
  })
  return (
    <>
      <td data-align="right">{formatUsd(costNanoUsd)}</td>
      <td data-align="right">{before === undefined ? '–' : <Change change={change} />}</td>
      <td data-align="right">{formatRate(shareOf(costNanoUsd, whole))}</td>
      <td data-align="right">{formatCount(count)}</td>
      <td data-align="right">{formatRate(shareOf(successCount, count))}</td>
      <td data-align="right">{formatUsd(perSuccessNanoUsd)}</td>
      <td data-align="right">{formatUsd(failures.costNanoUsd)}</td>
      <td data-align="right">{formatUsd(timeouts.costNanoUsd)}</td>
      <td data-align="right">{formatCount(unpricedCount)}</td>
    </>
  )
}
