/** One run of a workflow: its nodes and their attempts on one axis, with their output, and its spans. */
import { Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { Waterfall } from '../../charts/waterfall.tsx'
import { Card } from '../../components/card.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Fact, Facts } from '../../components/facts.tsx'
import { Moment } from '../../components/moment.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { WorkflowStateLabel } from '../../components/workflow-state.tsx'
import { useQuestion } from '../../data/queries.ts'
import { formatCount, formatMs, formatUsd } from '../../../format.ts'
import { visible } from '../../format/visible-text.ts'
import { Nodes } from './nodes.tsx'
import { costOf, leftOut, type Run } from './run.ts'
import styles from './workflow.module.css'
import { usePageParams, usePageSearch } from '../../search/page-address.ts'

export function Page(): React.ReactNode {
  const { id = '' } = usePageParams()
  const { owner } = usePageSearch()
  const organization = typeof owner === 'string' ? { organization: owner } : {}
  const question = useQuestion('getWorkflowExecution', { id, ...organization })
  return (
    <>
      <PageHeader title={visible(id)}>
        <Link to="." search={{ range: '1y', owner }}>
          Look in the last year
        </Link>
        <CopyButton text={id} what="the id" />
      </PageHeader>
      <Answered question={question} what="the run">
        {(run) => <Shown run={run} />}
      </Answered>
    </>
  )
}

function Shown({ run }: { run: Run }): React.ReactNode {
  const missing = leftOut(run)
  return (
    <>
      <Totals run={run} />
      {missing !== null && <p className={styles['note']}>{missing}</p>}
      <div className={styles['cards']}>
        <Card title="Nodes" note={`${formatCount(run.nodes.length)}, from the first start`}>
          <Nodes run={run} />
        </Card>
        {run.spans.length > 0 && (
          <Card title="Spans" note={formatCount(run.spans.length)} actions={<Traces run={run} />}>
            <Spans run={run} />
          </Card>
        )}
      </div>
    </>
  )
}

function Totals({ run }: { run: Run }): React.ReactNode {
  const { workflowExecutionId, executionCount, failureCount, retryCount, nodeCount, failedNodeCount } = run
  const where = `workflowExecutionId=${workflowExecutionId}`
  return (
    <Facts>
      <Fact name="State">
        <WorkflowStateLabel state={run.state} />
      </Fact>
      <Fact name="Started">
        <Moment at={run.startedAt} as="full" />
      </Fact>
      <Fact name="Elapsed">{formatMs(run.elapsedMs)}</Fact>
      <Fact name="All runs together">{formatMs(run.durationMs)}</Fact>
      <Fact name="Nodes">
        {formatCount(nodeCount)}
        {failedNodeCount > 0 && `, ${formatCount(failedNodeCount)} failed`}
      </Fact>
      <Fact name="Executions">
        <span className={styles['counts']}>
          <ExecutionsLink where={[where]}>{formatCount(executionCount)}</ExecutionsLink>
          {failureCount > 0 && `, ${formatCount(failureCount)} failed`}
          {retryCount > 0 && `, ${formatCount(retryCount)} retried`}
        </span>
      </Fact>
      <Fact name="Tokens">{formatCount(run.tokensUsed)}</Fact>
      <Fact name="Cost">{formatUsd(costOf(run))}</Fact>
      <Fact name="Organization">
        <span className="untrusted">{visible(run.organizationId)}</span>
      </Fact>
    </Facts>
  )
}

function Spans({ run }: { run: Run }): React.ReactNode {
  const rows = run.spans.map((span) => ({
    id: `${span.traceId} ${span.spanId}`,
    label: span.name,
    depth: span.depth,
    offsetMs: span.offsetMs,
    durationMs: span.durationMs,
  }))
  return <Waterfall label="Spans of the run" rows={rows} endMs={run.elapsedMs ?? 0} />
}

/** The ways to SigNoz, where there is one. */
function Traces({ run }: { run: Run }): React.ReactNode {
  return run.traces.slice(0, 3).flatMap(({ traceId, url }) =>
    url === null
      ? []
      : [
          <a key={traceId} href={url} target="_blank" rel="noreferrer">
            {traceId.slice(0, 8)} in SigNoz <ExternalLink size={12} aria-hidden="true" />
          </a>,
        ],
  )
}
