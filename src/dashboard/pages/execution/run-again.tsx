/** Runs an execution again, unchanged or changed, and shows the two records side by side. */
import { useMutation } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from '@tanstack/react-router'
import { BegunRun } from '../../components/begun-run.tsx'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { toJsonText } from '../../components/json-values.ts'
import { Refusal } from '../../components/refusal.tsx'
import { exactClient, type Ended } from '../../data/execution.ts'
import { queries } from '../../data/queries.ts'
import { Comparison } from '../compare/comparison.tsx'
import styles from './panel.module.css'
import { ReplayChanges } from './replay-changes.tsx'
import { draftOf, toChanges, type ReplayDraft } from './replay-draft.ts'

export function RunAgainCard({ record }: { record: Ended }): ReactNode {
  const [draft, setDraft] = useState<ReplayDraft | null>(null)
  const { mutate, data: begun, error, isPending } = useReplay(record)
  const run = (): void => mutate(draft)
  const toggle = (): void => setDraft(draft === null ? draftOf(record, toJsonText(record.input)) : null)
  return (
    <Card
      title="Run again"
      note="same code, rules and files"
      actions={
        <button type="button" className={controls['button']} aria-expanded={draft !== null} onClick={toggle}>
          {draft === null ? 'With changes …' : 'Without changes'}
        </button>
      }
    >
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        {draft !== null && <ReplayChanges draft={draft} record={record} onChange={setDraft} onSubmit={run} />}
        <button
          type="submit"
          className={`${controls['button']} ${controls['primary']} ${styles['submit']}`}
          disabled={isPending}
        >
          <RotateCcw size={14} aria-hidden="true" />
          Run again
        </button>
      </form>
      {error !== null && <Refusal error={error} />}
      {begun !== undefined && <Repetition key={begun} id={begun} of={record} />}
    </Card>
  )
}

/** Begins it and gives its id; it goes on where the reader leaves the page. */
function useReplay(record: Ended) {
  return useMutation({
    mutationFn: async (changed: ReplayDraft | null) => {
      const changes = changed === null ? {} : toChanges(changed, record)
      return (await exactClient.startReplay({ ...changes, id: record.executionId })).executionId
    },
  })
}

function Repetition({ id, of }: { id: string; of: Ended }): ReactNode {
  return (
    <div className={styles['repeated']}>
      <BegunRun id={id} title="Repetition">
        {(repetition) => <Repeated record={of} repetition={repetition} />}
      </BegunRun>
    </div>
  )
}

function Repeated({ record, repetition }: { record: Ended; repetition: Ended }): ReactNode {
  const { executionId, outcome } = repetition
  useEffect(() => void queries.invalidateQueries({ queryKey: ['listExecutions'] }), [])
  return (
    <>
      <div className={styles['title']}>
        <OutcomeLabel outcome={outcome} />
        <Link to="/executions/$id" params={{ id: executionId }}>
          Open it
        </Link>
        <Link to="/compare" search={{ a: record.executionId, b: executionId }}>
          Compare on a page
        </Link>
      </div>
      <Comparison a={record} b={repetition} show="differences" />
    </>
  )
}
