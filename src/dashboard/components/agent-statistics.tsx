/** The figures of an agent or a version, each with how many runs it rests on. */
import type { ReactNode } from 'react'
import type { AgentStatistics } from '../../client/index.ts'
import { formatCount, formatMs, formatRate, formatUsd } from '../../format.ts'
import styles from './agent-statistics.module.css'

/** Fewer runs say little. */
const FEW = 20

export function StatisticsLine({ statistics }: { statistics: AgentStatistics | null }): ReactNode {
  if (statistics === null || statistics.runs === 0)
    return <p className={styles['none']}>no runs in the last 30 days</p>
  const { runs, successRate, p50Ms, p95Ms, costPerRunNanoUsd, pricedRuns } = statistics
  return (
    <dl className={styles['line']}>
      <div>
        <dt>Success</dt>
        <dd>
          {formatRate(successRate)} <small>of {formatRuns(runs)}</small>
        </dd>
      </div>
      <div>
        <dt>Duration p50, p95</dt>
        <dd>
          {formatMs(p50Ms)} <small>{formatMs(p95Ms)}</small>
        </dd>
      </div>
      <div>
        <dt>Cost a run</dt>
        <dd>
          {formatUsd(costPerRunNanoUsd)}
          {pricedRuns > 0 && pricedRuns < runs && <small> of {formatRuns(pricedRuns)}</small>}
        </dd>
      </div>
      <div>
        <dt>Last 7 days</dt>
        <dd>
          {formatCount(statistics.recentRuns)} <small>{trendOf(statistics)}</small>
        </dd>
      </div>
    </dl>
  )
}

export function formatRuns(runs: number): string {
  return `${formatCount(runs)} ${runs === 1 ? 'run' : 'runs'}${runs < FEW ? ', few' : ''}`
}

function trendOf({ recentRuns, earlierRuns }: AgentStatistics): string {
  return recentRuns === earlierRuns ? 'as before' : `${formatCount(earlierRuns)} before`
}
