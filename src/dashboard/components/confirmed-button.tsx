import { useState, type ReactNode } from 'react'
import styles from './confirmed-button.module.css'
import controls from './controls.module.css'

interface ConfirmedButtonProps {
  /** What the button says, such as `Delete`. */
  act: string
  /** What it acts on, for those who do not see the row. */
  of: string
  /** What follows from it. */
  warning: string
  /** What the second button says. */
  confirm: string
  isPending: boolean
  onConfirm: () => void
}

/** A button for what cannot be undone: it asks once more. */
export function ConfirmedButton(props: ConfirmedButtonProps): ReactNode {
  const { act, of, warning, confirm, isPending, onConfirm } = props
  const [phase, setPhase] = useState<'shown' | 'asked'>('shown')
  if (phase === 'shown')
    return (
      <button
        type="button"
        className={controls['button']}
        aria-label={`${act} ${of}`}
        onClick={() => setPhase('asked')}
      >
        {act}
      </button>
    )
  return (
    <span className={styles['asked']}>
      {warning}
      <button type="button" className={controls['button']} disabled={isPending} onClick={onConfirm}>
        {confirm}
      </button>
      <button type="button" className={controls['button']} onClick={() => setPhase('shown')}>
        Keep
      </button>
    </span>
  )
}
