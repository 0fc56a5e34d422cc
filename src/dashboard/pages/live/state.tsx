/** Where an execution is on its way from the queue to its outcome. */
import type { ReactNode } from 'react'
import { OutcomeLabel } from '../../components/outcome.tsx'
import type { BoardRow } from './live-board.ts'
import styles from './live.module.css'

export function State({ row: { execution, end } }: { row: BoardRow }): ReactNode {
  if (end === 'ended') return <span className={styles['quiet']}>ending</span>
  if (end !== null) return end.outcome === undefined ? 'ended' : <OutcomeLabel outcome={end.outcome} />
  const { phase, queuePosition, cancelRequested } = execution
  if (cancelRequested === true) return <Phase name="cancelling" words="cancelling" />
  if (phase === 'queued') return <Phase name="queued" words={`queued, no. ${queuePosition ?? '–'}`} />
  if (phase === null || phase === undefined) return <Phase name="elsewhere" words="in another executor" />
  return <Phase name={phase} words={phase} />
}

function Phase({ name, words }: { name: string; words: string }): ReactNode {
  return (
    <span className={styles['phase']} data-phase={name}>
      <i />
      {words}
    </span>
  )
}
