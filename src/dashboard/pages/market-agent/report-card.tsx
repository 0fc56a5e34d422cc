import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { AgentReport, AgentView, ProblemError, ReportKind, VersionView } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { splitName } from '../../search/market-address.ts'
import { useWindow } from '../../search/window.ts'
import { ReportState } from '../marketplace/reports.tsx'
import styles from './market-agent.module.css'

const KINDS = [
  'malicious',
  'broken',
  'misleading',
  'licence',
  'other',
] as const satisfies readonly ReportKind[]

const SHOWN_MAX = 5

/** Reports to the administrators of the installation that something is wrong with the agent. */
export function ReportCard({ agent, version }: { agent: AgentView; version: VersionView }): ReactNode {
  const { organization } = useWindow()
  const [kind, setKind] = useState<ReportKind>('broken')
  // An empty form once a report is made.
  const [round, setRound] = useState(0)
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation<AgentReport, ProblemError, FormData>({
    mutationFn: (given) =>
      ask('reportAgent', {
        ...splitName(agent.name),
        version: version.version,
        kind,
        message: textOf(given, 'message'),
        organization,
      }),
    onSuccess: () => {
      notify({ text: `Reported: ${agent.name} ${version.version}`, tone: 'good' })
      setRound(round + 1)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAgentReports'] }),
  })
  return (
    <Card title="Report" note="the administrators of this installation read it">
      <details>
        <summary>Something is wrong with it</summary>
        <Form
          key={round}
          label={`Report ${agent.name}`}
          submit="Report it"
          onSubmit={mutate}
          fault={faultOf(error)}
          isPending={isPending}
        >
          <Choices label="It is" value={kind} names={KINDS} nameOf={(name) => name} onChange={setKind} />
          <NamedField label="What is wrong" name="message" required maxLength={4000} />
        </Form>
      </details>
      <OwnReports agent={agent} />
    </Card>
  )
}

/** What the reader has reported of it, and what came of that. */
function OwnReports({ agent }: { agent: AgentView }): ReactNode {
  const { organization } = useWindow()
  const { data } = useDirectQuestion('listAgentReports', { organization, state: 'any' })
  const own = (data?.data ?? []).filter((report) => report.agent === agent.name)
  if (own.length === 0) return null
  return (
    <ul className={styles['reports']} aria-label="Reports of it">
      {own.slice(0, SHOWN_MAX).map((report) => (
        <li key={report.id} className="untrusted">
          <ReportState report={report} /> {visible(report.resolution ?? report.message)}
        </li>
      ))}
      <li>
        <Link to="/marketplace" search={{ show: 'reports' }} className={styles['more']}>
          All reports
        </Link>
      </li>
    </ul>
  )
}
