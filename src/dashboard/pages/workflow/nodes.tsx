/** The nodes of a run with their attempts; one that is opened shows what it printed. */
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { AnyExecution } from '../../../client/index.ts'
import { Waterfall, type WaterfallRow } from '../../charts/waterfall.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { OutputView } from '../../components/output-view.tsx'
import { ProgramText } from '../../components/program-text.tsx'
import { Answered } from '../../components/question.tsx'
import { WorkflowStateLabel } from '../../components/workflow-state.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { formatBytes, formatMs } from '../../../format.ts'
import { visible } from '../../format/visible-text.ts'
import { attemptRow, nodeRow, type Attempt, type Node, type Run } from './run.ts'
import styles from './workflow.module.css'

export function Nodes({ run }: { run: Run }): React.ReactNode {
  const rows = useMemo(() => run.nodes.flatMap((node) => rowsOf(node)), [run.nodes])
  return <Waterfall label="Nodes and attempts" rows={rows} endMs={run.elapsedMs ?? 0} />
}

/** A node of one attempt is one row. */
function rowsOf(node: Node): WaterfallRow[] {
  const [only] = node.attempts
  if (only !== undefined && node.attempts.length === 1) return [withDetail(only, 0)]
  const attempts = node.attempts.map((attempt) => withDetail(attempt, 1))
  return [{ ...nodeRow(node), note: <WorkflowStateLabel state={node.state} /> }, ...attempts]
}

function withDetail(attempt: Attempt, depth: number): WaterfallRow {
  const { outcome, phase } = attempt
  const note =
    outcome === null ? <span className={styles['phase']}>{phase}</span> : <OutcomeLabel outcome={outcome} />
  return { ...attemptRow(attempt, depth), note, detail: () => <Detail attempt={attempt} /> }
}

function Detail({ attempt }: { attempt: Attempt }): React.ReactNode {
  const { executionId, organizationId, runtime, language, codeAgentId, memoryPeakBytes, queueMs, startupMs } =
    attempt
  const question = useDirectQuestion(
    'getExecution',
    { id: executionId, organization: organizationId },
    { state: attempt.phase === 'ended' ? 'active' : 'paused' },
  )
  return (
    <div className={styles['detail']}>
      <p className={styles['line']}>
        <Link to="/executions/$id" params={{ id: executionId }} className="untrusted">
          {executionId}
        </Link>
        <span>
          {runtime}, {language}
        </span>
        {codeAgentId !== null && <span className="untrusted">{visible(codeAgentId)}</span>}
        <span>
          queued {formatMs(queueMs)}, started in {formatMs(startupMs)}, ran {formatMs(attempt.durationMs)}
        </span>
        <span>memory {formatBytes(memoryPeakBytes)}</span>
      </p>
      {attempt.phase === 'missing' && <p>It began, and its record is overdue.</p>}
      {attempt.phase === 'running' && <p>It runs; its output is on the page of the execution.</p>}
      {attempt.phase === 'ended' && (
        <Answered question={question} what="the output">
          {(execution) => <Output execution={execution} />}
        </Answered>
      )}
    </div>
  )
}

function Output({ execution }: { execution: AnyExecution }): React.ReactNode {
  if (execution.phase !== undefined) return null
  const { executionId: name, stdout, stderr, stdoutBytes, stderrBytes } = execution
  const { errorStack, errorMessage, result } = execution
  const isSilent = [stdout, stderr, errorStack ?? '', errorMessage ?? ''].every((text) => text === '')
  return (
    <>
      <ProgramText title="Error" text={errorStack ?? errorMessage} />
      {stdout !== '' && <OutputView stream="stdout" text={stdout} totalBytes={stdoutBytes} name={name} />}
      {stderr !== '' && <OutputView stream="stderr" text={stderr} totalBytes={stderrBytes} name={name} />}
      <ProgramText title="Result" text={result === null ? null : JSON.stringify(result, null, 2)} />
      {isSilent && result === null && (
        <p className={styles['phase']}>It printed nothing and has no result.</p>
      )}
    </>
  )
}
