/** Other attempts of the same step, the other steps of the workflow run, and repetitions. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { formatCount, formatMs } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { Answered } from '../../components/question.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import type { Ended } from '../../data/execution.ts'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import { around, refreshAfter } from './around.ts'
import styles from './panel.module.css'

type Run = Operations['getWorkflowExecution']['reply']
type Attempt = Run['nodes'][number]['attempts'][number]

/** Nodes of a run that are listed; its page has all. */
const NODES_MAX = 20
const ATTEMPTS_MAX = 20

export function RelativesCard({ record }: { record: Ended }): ReactNode {
  return (
    <>
      {record.workflowExecutionId !== null && (
        <WorkflowCard record={record} id={record.workflowExecutionId} />
      )}
      <RepetitionsCard record={record} />
    </>
  )
}

function WorkflowCard({ record, id }: { record: Ended; id: string }): ReactNode {
  const { organizationId: organization, attempt } = record
  const question = useDirectQuestion(
    'getWorkflowExecution',
    { id, organization, ...around(record) },
    { refreshMs: refreshAfter(record) },
  )
  return (
    <Card
      title="Workflow run"
      note={`attempt ${formatCount(attempt)}`}
      actions={
        <Link to="/workflows/$id" params={{ id }} className={controls['button']}>
          Open the run
        </Link>
      }
    >
      {question.error?.status === 404 ? (
        <p className={styles['quiet']}>It is not stored yet; it arrives about a second after the end.</p>
      ) : (
        <Answered question={question} what="the workflow run">
          {(run) => <Steps run={run} record={record} />}
        </Answered>
      )}
    </Card>
  )
}

function Steps({ run, record }: { run: Run; record: Ended }): ReactNode {
  const own = run.nodes.find(({ nodeId }) => nodeId === record.nodeId)
  const others = run.nodes.filter((node) => node !== own).slice(0, NODES_MAX)
  const hidden = run.nodes.length - others.length - (own === undefined ? 0 : 1)
  return (
    <>
      {own !== undefined && (
        <>
          <h3>Attempts of {nameOf(own.nodeId)}</h3>
          <ul className={styles['list']}>
            {own.attempts.slice(-ATTEMPTS_MAX).map((attempt) => (
              <AttemptItem key={attempt.executionId} attempt={attempt} record={record}>
                {formatCount(attempt.attempt)}
              </AttemptItem>
            ))}
          </ul>
        </>
      )}
      {others.length > 0 && (
        <>
          <h3>Other steps</h3>
          <ul className={styles['list']}>
            {others.map(({ nodeId, attempts }) => {
              const last = attempts.at(-1)
              return (
                last !== undefined && (
                  <AttemptItem key={last.executionId} attempt={last} record={record}>
                    {nameOf(nodeId)}
                  </AttemptItem>
                )
              )
            })}
          </ul>
          {hidden > 0 && <p className={styles['quiet']}>and {formatCount(hidden)} more steps</p>}
        </>
      )}
    </>
  )
}

function nameOf(nodeId: string | null): string {
  return nodeId === null ? 'no node' : visible(firstCharacters(nodeId, 80))
}

interface AttemptItemProps {
  attempt: Attempt
  record: Ended
  children: ReactNode
}

function AttemptItem({ attempt, record, children }: AttemptItemProps): ReactNode {
  const { executionId, outcome, durationMs, phase } = attempt
  const current = executionId === record.executionId
  return (
    <li aria-current={current ? 'true' : undefined}>
      <span className="untrusted">{children}</span>
      {outcome === null ? phase : <OutcomeLabel outcome={outcome} />}
      <span className={styles['quiet']}>{formatMs(durationMs)}</span>
      {current ? (
        <span className={styles['quiet']}>this one</span>
      ) : (
        <>
          <Link to="/executions/$id" params={{ id: executionId }}>
            Open
          </Link>
          {outcome !== null && (
            <Link to="/compare" search={{ a: executionId, b: record.executionId }}>
              Compare
            </Link>
          )}
        </>
      )}
    </li>
  )
}

const FIELDS = ['executionId', 'outcome', 'durationMs', 'startedAt', 'runtime'] as const
const REPETITIONS_MAX = 10

function RepetitionsCard({ record }: { record: Ended }): ReactNode {
  const { executionId, replayOf, startedAt } = record
  const question = useDirectQuestion('listExecutions', {
    replayOf: executionId,
    from: startedAt,
    limit: REPETITIONS_MAX,
    fields: FIELDS,
  })
  const found = question.data?.data ?? []
  if (replayOf === null && found.length === 0) return null
  return (
    <Card title="Runs of the same code again">
      <ul className={styles['list']}>
        {replayOf !== null && (
          <li>
            repeats
            <Ways id={replayOf} compared={{ a: replayOf, b: executionId }} />
          </li>
        )}
        {found.map(({ executionId: id = '', outcome, durationMs = null, startedAt: at = null, runtime }) => (
          <li key={id}>
            {outcome !== undefined && <OutcomeLabel outcome={outcome} />}
            <span>{runtime}</span>
            <span className={styles['quiet']}>{formatMs(durationMs)}</span>
            <Moment at={at} />
            <Ways id={id} compared={{ a: executionId, b: id }} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** To another execution, and to the comparison with it. */
function Ways({ id, compared }: { id: string; compared: { a: string; b: string } }): ReactNode {
  return (
    <>
      <Link to="/executions/$id" params={{ id }}>
        Open
      </Link>
      <Link to="/compare" search={compared}>
        Compare
      </Link>
    </>
  )
}
