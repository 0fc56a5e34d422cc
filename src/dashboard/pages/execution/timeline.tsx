/** Queued, starting, running: what the time between the call and the end went to. */
import type { ReactNode } from 'react'
import { Waterfall } from '../../charts/waterfall.tsx'
import { Card } from '../../components/card.tsx'
import { Moment } from '../../components/moment.tsx'
import { formatMs } from '../../../format.ts'
import type { Ended } from '../../data/execution.ts'
import styles from './panel.module.css'

export function Timeline({ record }: { record: Ended }): ReactNode {
  const { queueMs, startupMs, durationMs, outcome, startedAt, timestamp } = record
  const total = queueMs + startupMs + durationMs
  const rows = [
    { id: 'queued', label: 'queued', depth: 0, offsetMs: 0, durationMs: queueMs },
    { id: 'starting', label: 'starting', depth: 0, offsetMs: queueMs, durationMs: startupMs },
    { id: 'running', label: 'running', depth: 0, offsetMs: queueMs + startupMs, durationMs, outcome },
  ]
  return (
    <Card title="Phases" note={`${formatMs(total)} in all`}>
      <Waterfall label="Phases of the execution" rows={rows} />
      <p className={styles['quiet']}>
        <Moment at={startedAt} as="full" /> – <Moment at={timestamp} as="full" />
      </p>
    </Card>
  )
}
