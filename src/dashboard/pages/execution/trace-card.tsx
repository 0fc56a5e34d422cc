/** The trace of an execution as a waterfall, and the way to SigNoz. */
import { Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { formatCount } from '../../../format.ts'
import { Waterfall, type WaterfallRow } from '../../charts/waterfall.tsx'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { Answered } from '../../components/question.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import type { Ended } from '../../data/execution.ts'
import { visible } from '../../format/visible-text.ts'
import { around, refreshAfter } from './around.ts'
import styles from './panel.module.css'

type Trace = Operations['getTrace']['reply']
type TraceSpan = Trace['spans'][number]

export function TraceCard({ record }: { record: Ended }): ReactNode {
  if (record.traceId === '') return null
  return <FoundTrace record={record} />
}

function FoundTrace({ record }: { record: Ended }): ReactNode {
  const { traceId: id, organizationId: organization } = record
  const question = useDirectQuestion(
    'getTrace',
    { id, organization, ...around(record) },
    { refreshMs: refreshAfter(record) },
  )
  const trace = question.data
  return (
    <Card
      title="Trace"
      note={
        trace === undefined
          ? undefined
          : `${formatCount(trace.spans.length)} spans${trace.truncated ? ', cut' : ''}`
      }
      actions={
        trace !== undefined &&
        trace.url !== null && (
          <a className={controls['button']} href={trace.url} target="_blank" rel="noreferrer">
            Open in SigNoz <ExternalLink size={13} aria-hidden="true" />
          </a>
        )
      }
    >
      {question.error?.status === 404 ? (
        <p className={styles['quiet']}>Its spans are not stored; they arrive about a second after the end.</p>
      ) : (
        <Answered question={question} what="the trace">
          {(found) => <Waterfall label="Spans of the trace" rows={rowsOf(found, record)} />}
        </Answered>
      )}
    </Card>
  )
}

function rowsOf({ spans, executions }: Trace, record: Ended): WaterfallRow[] {
  const outcomes = new Map(executions.map(({ executionId, outcome }) => [executionId, outcome]))
  return spans.map((span, index) => {
    const outcome = span.executionId === null ? null : (outcomes.get(span.executionId) ?? null)
    const failed = span.status === 'Error' ? ('failure' as const) : undefined
    return {
      id: `${index} ${span.spanId}`,
      label: span.name,
      depth: span.depth,
      offsetMs: span.offsetMs,
      durationMs: span.durationMs,
      outcome: outcome ?? failed,
      mark: span.spanId === record.spanId ? 'current' : undefined,
      detail: () => <SpanDetail span={span} record={record} />,
    }
  })
}

function SpanDetail({ span, record }: { span: TraceSpan; record: Ended }): ReactNode {
  const { service, statusMessage, executionId, attributes } = span
  return (
    <dl className={styles['facts']}>
      {service !== '' && <Fact name="service" value={service} />}
      {statusMessage !== '' && <Fact name="status" value={statusMessage} />}
      {executionId !== null && executionId !== record.executionId && (
        <>
          <dt>execution</dt>
          <dd>
            <Link to="/executions/$id" params={{ id: executionId }}>
              {executionId}
            </Link>
          </dd>
        </>
      )}
      {Object.entries(attributes).map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function Fact({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <Fragment>
      <dt className="untrusted">{visible(name)}</dt>
      <dd className="untrusted">{visible(value)}</dd>
    </Fragment>
  )
}
