/** Reports of agents: what came of ours; for administrators of the installation all, to be decided. */
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleDot } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AgentReport } from '../../../client/index.ts'
import { Badge } from '../../components/agent-badges.tsx'
import { Card } from '../../components/card.tsx'
import { Moment } from '../../components/moment.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { decidesForAll, useSession } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { marketAddress } from '../../search/market-address.ts'
import { useWindow } from '../../search/window.ts'
import styles from './marketplace.module.css'
import { ReportDecision } from './report-decision.tsx'

const REFRESH_MS = 30_000

export function Reports(): ReactNode {
  const { organization } = useWindow()
  const mayDecide = decidesForAll(useSession())
  const question = useDirectQuestion(
    'listAgentReports',
    { organization, state: 'any' },
    { refreshMs: REFRESH_MS },
  )
  return (
    <Answered question={question} what="the reports">
      {({ data }) =>
        data.length === 0 ? (
          <Empty title={mayDecide ? 'Nothing is reported' : 'You have reported nothing'}>
            <p>
              Where something is wrong with an agent, <i>Report</i> on its page says so to the administrators
              of this installation. What they decide stands here.
            </p>
          </Empty>
        ) : (
          <div className={styles['browse']}>
            {openFirst(data).map((report) => (
              <Report key={report.id} report={report} mayDecide={mayDecide} />
            ))}
          </div>
        )
      }
    </Answered>
  )
}

function openFirst(reports: readonly AgentReport[]): AgentReport[] {
  return [
    ...reports.filter(({ resolvedAt }) => resolvedAt === null),
    ...reports.filter(({ resolvedAt }) => resolvedAt !== null),
  ]
}

function Report({ report, mayDecide }: { report: AgentReport; mayDecide: boolean }): ReactNode {
  const { agent, version, kind, message, reportedBy, organizationId, createdAt, resolvedAt } = report
  return (
    <Card
      title={`${agent}${version === null ? '' : ` ${version}`}: ${kind}`}
      note={
        <>
          {visible(reportedBy)} of {visible(organizationId)}, <Moment at={createdAt} />
        </>
      }
      actions={<ReportState report={report} />}
    >
      <p className={`untrusted ${styles['message'] ?? ''}`}>{visible(message)}</p>
      <p className={styles['links']}>
        <Link {...marketAddress(agent)} search={version === null ? {} : { version }}>
          Its page
        </Link>
        <Link {...marketAddress(agent)} search={{ show: 'code', ...(version === null ? {} : { version }) }}>
          Its code
        </Link>
      </p>
      {resolvedAt === null ? mayDecide && <ReportDecision report={report} /> : <Outcome report={report} />}
    </Card>
  )
}

/** Whether it is open, at a glance. */
export function ReportState({ report: { resolvedAt } }: { report: AgentReport }): ReactNode {
  return resolvedAt === null ? (
    <Badge icon={CircleDot} tone="warn" title="The administrators have not decided it yet">
      open
    </Badge>
  ) : (
    <Badge icon={CircleCheck} tone="good" title="The administrators have decided it">
      closed
    </Badge>
  )
}

function Outcome({ report: { resolution, resolvedAt, resolvedBy } }: { report: AgentReport }): ReactNode {
  return (
    <p className={`untrusted ${styles['outcome'] ?? ''}`}>
      <b>{visible(resolution ?? '')}</b>
      <br />
      <span className={styles['quiet']}>
        <Moment at={resolvedAt} />
        {resolvedBy !== null && ` by ${visible(resolvedBy)}`}
      </span>
    </p>
  )
}
