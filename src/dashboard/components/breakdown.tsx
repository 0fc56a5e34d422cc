/** Executions by the values of one field: how many, how many succeeded, how long they took, each with its change. */
import type { ReactNode } from 'react'
import { formatCount, formatMs, formatRate } from '../../format.ts'
import { changeOf, ofCount, ofP95, ofSuccess, type GroupRow } from '../data/figures.ts'
import { conditionOf } from '../search/filter.ts'
import type { FilterField } from '../../record/conditions.ts'
import { ExecutionsLink } from './executions-link.tsx'
import { Change, NewTag } from './figure.tsx'
import styles from './breakdown.module.css'

const BAR_PX = 48

interface BreakdownProps {
  /** Heads the first column. */
  title: string
  field: FilterField
  rows: readonly GroupRow[]
  /** Conditions that all rows were narrowed by. */
  where: readonly string[]
  /** What stands for a row's value. @default the value */
  nameOf?: (value: string | null) => ReactNode
}

export function Breakdown({ title, field, rows, where, nameOf = nameAsIs }: BreakdownProps): ReactNode {
  const most = Math.max(1, ...rows.map(({ now }) => now.count))
  return (
    <div className={styles['scroll']}>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col" data-align="right">
              Executions
            </th>
            <th scope="col" className={styles['minor']} aria-label="Change of executions" />
            <th scope="col" data-align="right">
              Success
            </th>
            <th scope="col" className={styles['change']} aria-label="Change of success" />
            <th scope="col" data-align="right">
              Duration p95
            </th>
            <th scope="col" className={styles['minor']} aria-label="Change of duration" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.value ?? ''}>
              <th scope="row" className={styles['name']}>
                {nameOf(row.value)}
              </th>
              <Cells row={row} most={most} where={[...where, conditionOf(field, row.value, '=')]} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function nameAsIs(value: string | null): ReactNode {
  return <span className="untrusted">{value ?? '(none)'}</span>
}

function Cells({ row, most, where }: { row: GroupRow; most: number; where: readonly string[] }): ReactNode {
  const { now } = row
  const slow = now.durationMs.p95
  return (
    <>
      <td className={styles['number']} data-align="right">
        <i className={styles['bar']} style={{ width: `${(now.count / most) * BAR_PX}px` }} />
        <ExecutionsLink where={where}>{formatCount(now.count)}</ExecutionsLink>
      </td>
      <td className={styles['minor']} data-align="right">
        {row.isNew ? <NewTag /> : <Change change={changeOf(row, ofCount, { better: 'neither' })} />}
      </td>
      <td className={styles['number']} data-align="right">
        <ExecutionsLink where={[...where, 'success=false']} title="Show those that failed">
          {formatRate(now.successRate)}
        </ExecutionsLink>
      </td>
      <td className={styles['change']} data-align="right">
        <Change change={changeOf(row, ofSuccess, { better: 'more', as: 'points' })} />
      </td>
      <td className={styles['number']} data-align="right">
        <ExecutionsLink where={slow === null ? where : [...where, `durationMs>=${slow}`]}>
          {formatMs(slow)}
        </ExecutionsLink>
      </td>
      <td className={styles['minor']} data-align="right">
        <Change change={changeOf(row, ofP95, { better: 'less' })} />
      </td>
    </>
  )
}
