/** An execution that has not ended: its phase, its output as it comes, and the way to end it. */
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatCount, formatMs } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { LiveOutput } from '../../components/live-output.tsx'
import { Failed } from '../../components/states.tsx'
import { ask } from '../../data/queries.ts'
import type { Unended } from '../../data/execution.ts'
import { Head } from './head.tsx'
import styles from './panel.module.css'

export function RunningView({ execution }: { execution: Unended }): ReactNode {
  const { executionId, elapsedMs, limitTimeoutMs, cancelRequested } = execution
  const cancel = useMutation({ mutationFn: () => ask('cancelExecution', { id: executionId }) })
  const cancelling = cancelRequested || cancel.isPending || cancel.isSuccess
  return (
    <>
      <Head execution={execution} status={<output>{phaseOf(execution)}</output>}>
        <button
          type="button"
          className={controls['button']}
          disabled={cancelling}
          onClick={() => cancel.mutate()}
        >
          {cancelling ? 'Cancelling …' : 'Cancel'}
        </button>
      </Head>
      <p className={styles['quiet']}>
        {formatMs(elapsedMs)} since the call; the run may take {formatMs(limitTimeoutMs)}.
      </p>
      {cancel.isError && <Failed error={cancel.error} />}
      <Card title="Output" note="as it comes">
        <LiveOutput id={executionId} />
      </Card>
    </>
  )
}

function phaseOf({ phase, queuePosition, executorId }: Unended): string {
  if (phase === null) return `runs or waits in another executor, ${executorId.slice(0, 80)}`
  if (phase === 'queued' && queuePosition !== null)
    return queuePosition === 1
      ? 'queued, the next of its organization'
      : `queued, ${formatCount(queuePosition - 1)} of its organization before it`
  return phase
}
