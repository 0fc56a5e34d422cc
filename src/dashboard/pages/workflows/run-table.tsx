import { Link } from '@tanstack/react-router'
import type { WorkflowPage } from '../../../client/index.ts'
import { Moment } from '../../components/moment.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { WorkflowStateLabel } from '../../components/workflow-state.tsx'
import { formatCount, formatMs, formatUsd } from '../../../format.ts'
import { useTimeFormat } from '../../format/time.ts'
import { visible } from '../../format/visible-text.ts'
import { costOf } from '../workflow/run.ts'
import styles from './workflows.module.css'

type Run = WorkflowPage['data'][number]

export function RunTable({
  runs,
  window,
}: {
  runs: readonly Run[]
  window: WorkflowPage['window']
}): React.ReactNode {
  const time = useTimeFormat()
  const longest = Math.max(1, ...runs.map(({ elapsedMs }) => elapsedMs ?? 0))
  return (
    <>
      <p className={styles['summary']}>
        {formatCount(runs.length)} {runs.length === 1 ? 'run' : 'runs'}, {time.span(window.from, window.to)}
      </p>
      <ScrolledTable label="Runs of workflows" className={styles['table']}>
        <TableHead
          titles={['Run', 'State', 'Started', 'Elapsed', 'Nodes', 'Executions']}
          numbers={['Tokens', 'Cost']}
        />
        <tbody>
          {runs.map((run) => (
            <Row key={`${run.organizationId} ${run.workflowExecutionId}`} run={run} longest={longest} />
          ))}
        </tbody>
      </ScrolledTable>
    </>
  )
}

function Row({ run, longest }: { run: Run; longest: number }): React.ReactNode {
  const { organizationId, workflowExecutionId, state, startedAt, elapsedMs } = run
  return (
    <tr>
      <td className={styles['run']}>
        <Link
          to="/workflows/$id"
          params={{ id: workflowExecutionId }}
          search={{ owner: organizationId }}
          className="untrusted"
        >
          {visible(workflowExecutionId)}
        </Link>
        <small className="untrusted">{visible(organizationId)}</small>
      </td>
      <td>
        <WorkflowStateLabel state={state} />
      </td>
      <td className={styles['when']}>
        <Moment at={startedAt} />
      </td>
      <td>
        <span className={styles['elapsed']}>
          {formatMs(elapsedMs)}
          <i aria-hidden="true" style={{ width: `${((elapsedMs ?? 0) / longest) * 100}%` }} />
        </span>
      </td>
      <td>{nodesOf(run)}</td>
      <td>{executionsOf(run)}</td>
      <td data-align="right">{formatCount(run.tokensUsed)}</td>
      <td data-align="right">{formatUsd(costOf(run))}</td>
    </tr>
  )
}

function nodesOf({ nodeCount, failedNodeCount }: Run): string {
  return failedNodeCount === 0 ? formatCount(nodeCount) : `${nodeCount}, ${failedNodeCount} failed`
}

function executionsOf({ executionCount, failureCount, retryCount, runningCount, missingCount }: Run): string {
  const parts = [
    [failureCount, 'failed'],
    [retryCount, 'retried'],
    [runningCount, 'running'],
    [missingCount, 'missing'],
  ] as const
  const counted = parts.flatMap(([count, name]) => (count === 0 ? [] : [`${formatCount(count)} ${name}`]))
  return [formatCount(executionCount), ...counted].join(', ')
}
