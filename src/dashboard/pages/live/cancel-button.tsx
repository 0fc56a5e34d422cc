import { useMutation } from '@tanstack/react-query'
import { Ban } from 'lucide-react'
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { ask } from '../../data/queries.ts'
import type { BoardRow } from './live-board.ts'
import styles from './live.module.css'

/** Asks for the end of an execution; what becomes of it is its state. */
export function CancelButton({ execution }: { execution: BoardRow['execution'] }): ReactNode {
  const { executionId, startedAt, cancelRequested } = execution
  const cancel = useMutation({ mutationFn: () => ask('cancelExecution', { id: executionId }) })
  const isAsked = cancelRequested === true || cancel.isPending || cancel.isSuccess
  return (
    <>
      <button
        type="button"
        className={controls['button']}
        aria-label={`Cancel the execution of ${startedAt}`}
        disabled={isAsked}
        onClick={() => cancel.mutate()}
      >
        <Ban size={13} aria-hidden="true" />
        {isAsked ? 'Cancelling' : 'Cancel'}
      </button>
      {cancel.isError && (
        <p role="alert" className={`${styles['refusal']} untrusted`}>
          {cancel.error.message}
        </p>
      )}
    </>
  )
}
