import type { ReactNode } from 'react'
import { Breakdown } from '../../components/breakdown.tsx'
import { nameOfAgent } from '../../components/agent-link.tsx'
import type { GroupRow } from '../../data/figures.ts'
import styles from './overview.module.css'

/** The agents with the most failed executions; none where all succeeded. */
export function FailingAgents({
  rows,
  where,
}: {
  rows: readonly GroupRow[]
  where: readonly string[]
}): ReactNode {
  const failing = rows.filter(({ now }) => now.successCount < now.count)
  if (failing.length === 0) return <p className={styles['none']}>Every execution succeeded.</p>
  return <Breakdown title="Agent" field="codeAgentId" rows={failing} where={where} nameOf={nameOfAgent} />
}
