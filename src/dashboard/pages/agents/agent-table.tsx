import type { ReactNode } from 'react'
import { formatBytes, formatCount, formatMs, formatRate, formatUsd } from '../../../format.ts'
import { Sparkline } from '../../charts/sparkline.tsx'
import { AgentLink } from '../../components/agent-link.tsx'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Change, NewTag } from '../../components/figure.tsx'
import { SortHeading } from '../../components/sort-heading.tsx'
import { changeOf, costOf, ofCount, ofFailures, ofP95, ofSuccess, type GroupRow } from '../../data/figures.ts'
import { conditionOf } from '../../search/filter.ts'
import type { AgentOrder } from './agent-order.ts'
import styles from './agents.module.css'

const COLUMNS: readonly (readonly [string, AgentOrder | null])[] = [
  ['Agent', 'name'],
  ['Over the window', null],
  ['Executions', 'count'],
  ['Failed', 'failures'],
  ['Success', 'failureRate'],
  ['Duration p50', null],
  ['Duration p95', 'duration'],
  ['Memory p95', 'memory'],
  ['Tokens', 'tokens'],
  ['Cost', 'cost'],
]

export function AgentTable({
  rows,
  order,
  where,
}: {
  rows: readonly GroupRow[]
  order: AgentOrder
  where: readonly string[]
}): ReactNode {
  return (
    <div className={styles['scroll']}>
      <table className={styles['table']}>
        <Head order={order} />
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.value ?? ''}
              row={row}
              where={[...where, conditionOf('codeAgentId', row.value, '=')]}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A figure that the list can be ordered by is a link. */
function Head({ order }: { order: AgentOrder }): ReactNode {
  return (
    <thead>
      <tr>
        {COLUMNS.map(([title, by]) =>
          by === null ? (
            <th key={title} scope="col" data-align={alignOf(title)}>
              {title}
            </th>
          ) : (
            <SortHeading
              key={title}
              order={by}
              isChosen={by === order}
              direction={by === 'name' ? 'ascending' : 'descending'}
              align={alignOf(title)}
            >
              {title}
            </SortHeading>
          ),
        )}
      </tr>
    </thead>
  )
}

/** Numbers stand right. */
function alignOf(title: string): 'right' | undefined {
  return title === 'Agent' || title === 'Over the window' ? undefined : 'right'
}

function Trend({ trend }: Pick<GroupRow, 'trend'>): ReactNode {
  if (trend === undefined) return null
  return <Sparkline label="Executions over the window" values={trend.counts} parts={trend.failures} />
}

function Row({ row, where }: { row: GroupRow; where: readonly string[] }): ReactNode {
  const { now } = row
  const slow = now.durationMs.p95
  const memory = now.memoryPeakBytes.p95
  return (
    <tr>
      <th scope="row" className={styles['name']}>
        <AgentLink id={row.value} />
      </th>
      <td>
        <Trend trend={row.trend} />
      </td>
      <td data-align="right">
        <ExecutionsLink where={where}>{formatCount(now.count)}</ExecutionsLink>
        {row.isNew ? <NewTag /> : <Change change={changeOf(row, ofCount, { better: 'neither' })} />}
      </td>
      <td data-align="right">
        <ExecutionsLink where={[...where, 'success=false']}>{formatCount(ofFailures(now))}</ExecutionsLink>
      </td>
      <td data-align="right">
        {formatRate(now.successRate)}
        <Change change={changeOf(row, ofSuccess, { better: 'more', as: 'points' })} />
      </td>
      <td data-align="right">{formatMs(now.durationMs.p50)}</td>
      <td data-align="right">
        <ExecutionsLink where={slow === null ? where : [...where, `durationMs>=${slow}`]}>
          {formatMs(slow)}
        </ExecutionsLink>
        <Change change={changeOf(row, ofP95, { better: 'less' })} />
      </td>
      <td data-align="right">{formatBytes(memory === null ? null : Math.round(memory))}</td>
      <td data-align="right">{formatCount(now.tokensUsed.sum)}</td>
      <td data-align="right">{formatUsd(costOf(now))}</td>
    </tr>
  )
}
