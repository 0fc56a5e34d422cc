/** The output of one execution as it comes. */
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { CopyButton } from '../../components/copy-button.tsx'
import { LiveOutput } from '../../components/live-output.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { useExecution } from '../../data/execution.ts'
import { CancelButton } from './cancel-button.tsx'
import type { BoardRow } from './live-board.ts'
import styles from './live.module.css'
import { State } from './state.tsx'

/** How one ended that the board does not say of, which knows what ends while it is open. */
function Ending({ id }: { id: string }): ReactNode {
  const { data } = useExecution(id)
  return data?.outcome === undefined ? null : <OutcomeLabel outcome={data.outcome} />
}

interface SideProps {
  id: string
  /** Null where the board no longer has it. */
  row: BoardRow | null
  onClose: () => void
}

export function OutputSide({ id, row, onClose }: SideProps): ReactNode {
  return (
    <aside className={styles['side']} aria-label="Output">
      <header className={styles['sideHeader']}>
        <h2>Output</h2>
        {row === null || row.end === 'ended' ? <Ending id={id} /> : <State row={row} />}
        {row?.end === null && <CancelButton execution={row.execution} />}
        <button type="button" className={controls['button']} aria-label="Close" onClick={onClose}>
          <X size={14} aria-hidden="true" />
        </button>
      </header>
      <p className={styles['id']}>
        <Link to="/executions/$id" params={{ id }}>
          <bdi>{id}</bdi>
        </Link>
        <CopyButton text={id} what="the id" />
      </p>
      <div className={styles['text']}>
        <LiveOutput id={id} />
      </div>
    </aside>
  )
}
