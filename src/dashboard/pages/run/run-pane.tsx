/** One run: its output as it comes, then how it ended. */
import { Link } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { formatBytes, formatMs } from '../../../format.ts'
import { BegunRun } from '../../components/begun-run.tsx'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { JsonTree } from '../../components/json-tree.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { OutputView } from '../../components/output-view.tsx'
import { Refusal } from '../../components/refusal.tsx'
import type { Ended } from '../../data/execution.ts'
import { ReasonCard } from '../execution/reason-card.tsx'
import styles from './run.module.css'
import type { Run } from './use-runs.ts'

export function RunPane({ run }: { run: Run }): ReactNode {
  const [id, setId] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<Error | null>(null)
  useEffect(() => {
    run.begun.then(setId, (error: unknown) =>
      setRefusal(error instanceof Error ? error : new Error(String(error))),
    )
  }, [run])
  if (refusal !== null)
    return (
      <Card title={run.runtime}>
        <Refusal error={refusal} />
      </Card>
    )
  return id === null ? (
    <Card title={run.runtime} note="waits to begin">
      {null}
    </Card>
  ) : (
    <BegunRun id={id} title={run.runtime}>
      {(record) => <EndedRun record={record} title={run.runtime} />}
    </BegunRun>
  )
}

function EndedRun({ record, title }: { record: Ended; title: string }): ReactNode {
  const { executionId, outcome, durationMs, startupMs, memoryPeakBytes, result } = record
  return (
    <Card
      title={title}
      note={<OutcomeLabel outcome={outcome} />}
      actions={
        <Link to="/executions/$id" params={{ id: executionId }} className={controls['button']}>
          Open
        </Link>
      }
    >
      <div className={styles['ended']}>
        <dl className={styles['figures']}>
          <div>
            <dt>Duration</dt>
            <dd>{formatMs(durationMs)}</dd>
          </div>
          <div>
            <dt>Start-up</dt>
            <dd>{formatMs(startupMs)}</dd>
          </div>
          <div>
            <dt>Memory peak</dt>
            <dd>{formatBytes(memoryPeakBytes)}</dd>
          </div>
        </dl>
        <ReasonCard record={record} />
        <h3>Result</h3>
        {result === null ? (
          <p className={styles['quiet']}>There is no result.</p>
        ) : (
          <JsonTree label={`Result on ${title}`} value={result} />
        )}
        <Printed record={record} />
      </div>
    </Card>
  )
}

function Printed({ record }: { record: Ended }): ReactNode {
  const { executionId: name, stdout, stderr, stdoutBytes, stderrBytes } = record
  return (
    <>
      <OutputView stream="stdout" text={stdout} totalBytes={stdoutBytes} name={name} />
      {stderrBytes > 0 && <OutputView stream="stderr" text={stderr} totalBytes={stderrBytes} name={name} />}
    </>
  )
}
