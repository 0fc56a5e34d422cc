import type { ReactNode } from 'react'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { isEnded, useExecution } from '../../data/execution.ts'
import { EndedView } from './ended-view.tsx'
import styles from './panel.module.css'
import { RunningView } from './running-view.tsx'

/** Everything about one execution; beside a list or as a page of its own. */
export function ExecutionPanel({ id }: { id: string }): ReactNode {
  const question = useExecution(id)
  if (question.error?.status === 404) return <NotFound id={id} hint={question.error.hint} />
  return (
    <Answered question={question} what="the execution">
      {(execution) => (
        <article className={styles['panel']} key={id}>
          {isEnded(execution) ? <EndedView record={execution} /> : <RunningView execution={execution} />}
        </article>
      )}
    </Answered>
  )
}

function NotFound({ id, hint }: { id: string; hint: string | undefined }): ReactNode {
  return (
    <Empty title="No execution has this id, or your key may not see it" command="exectrail doctor">
      <p className="untrusted">
        <code>{id.slice(0, 200)}</code>
      </p>
      {hint !== undefined && <p className="untrusted">{hint}</p>}
    </Empty>
  )
}
