/** A run that the page has begun: its output as it comes, the way to end it, then its record. */
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { isEnded, useExecution, type Ended } from '../data/execution.ts'
import { useOutputStream } from '../data/output-stream.ts'
import { ask } from '../data/queries.ts'
import { Card } from './card.tsx'
import controls from './controls.module.css'
import { OutputSoFar } from './live-output.tsx'
import { Refusal } from './refusal.tsx'

interface BegunRunProps {
  id: string
  title: string
  /** What is shown of it once it has ended. */
  children: (record: Ended) => ReactNode
}

export function BegunRun({ id, title, children }: BegunRunProps): ReactNode {
  const output = useOutputStream(id)
  const question = useExecution(id)
  const { refetch, data } = question
  useEffect(() => {
    if (output.state === 'ended') void refetch()
  }, [output.state, refetch])
  const cancel = useMutation({ mutationFn: () => ask('cancelExecution', { id }) })
  if (data !== undefined && isEnded(data)) return children(data)
  return (
    <Card
      title={title}
      note={data === undefined ? 'begun' : (data.phase ?? 'running')}
      actions={
        <>
          <button
            type="button"
            className={controls['button']}
            disabled={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate()}
          >
            {cancel.isIdle || cancel.isError ? 'Cancel' : 'Cancelling …'}
          </button>
          <Link to="/executions/$id" params={{ id }} className={controls['button']}>
            Open
          </Link>
        </>
      }
    >
      {cancel.isError && <Refusal error={cancel.error} />}
      {question.isError && <Refusal error={question.error} />}
      <OutputSoFar id={id} output={output} />
    </Card>
  )
}
