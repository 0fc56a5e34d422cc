/** The service's verdict in words, and what it rests on. */
import {
  Activity,
  CircleAlert,
  CircleCheck,
  CircleHelp,
  Moon,
  TriangleAlert,
  Unplug,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { HealthReport } from '../../../client/index.ts'
import { AgentLink } from '../../components/agent-link.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import { useTimeFormat } from '../../format/time.ts'
import { useFilter } from '../../search/filter.ts'
import styles from './verdict.module.css'

const VERDICTS: Readonly<Record<HealthReport['verdict'], readonly [string, LucideIcon, string]>> = {
  broken: ['Broken', Unplug, 'bad'],
  degraded: ['Degraded', CircleAlert, 'bad'],
  watch: ['Watch', TriangleAlert, 'warning'],
  healthy: ['Healthy', CircleCheck, 'good'],
  quiet: ['Quiet', Moon, 'unknown'],
}

const ICONS: Readonly<Record<HealthReport['findings'][number]['severity'], LucideIcon>> = {
  bad: CircleAlert,
  warning: TriangleAlert,
  good: CircleCheck,
  unknown: CircleHelp,
}

export function Verdict(): ReactNode {
  const { where, q } = useFilter()
  const health = useQuestion('getHealthReport', { where, q })
  return (
    <Answered question={health} what="the verdict">
      {(report) => <Report report={report} />}
    </Answered>
  )
}

function Report({ report }: { report: HealthReport }): ReactNode {
  const time = useTimeFormat()
  const [word, Icon, severity] = VERDICTS[report.verdict]
  const { baseline, worseAgents } = report
  return (
    <section className={styles['verdict']} data-severity={severity} aria-label="Verdict">
      <p className={styles['summary']}>
        <Icon size={18} aria-hidden="true" />
        <strong>{word}</strong>
        <span className="untrusted">{report.summary}</span>
      </p>
      {worseAgents.length > 0 && (
        <p className={styles['worse']}>
          <Activity size={14} aria-hidden="true" /> Look at{' '}
          {worseAgents.map(({ agentId }) => (
            <AgentLink key={agentId} id={agentId} />
          ))}
        </p>
      )}
      <ul className={styles['findings']}>
        {report.findings.map(({ severity: of, text }) => (
          <Finding key={text} severity={of} text={text} />
        ))}
      </ul>
      <p className={styles['baseline']}>
        Compared with {time.span(baseline.from, baseline.to)}; intervals hold 19 times out of 20.
      </p>
    </section>
  )
}

function Finding({ severity, text }: HealthReport['findings'][number]): ReactNode {
  const Icon = ICONS[severity]
  return (
    <li data-severity={severity}>
      <Icon size={13} aria-hidden="true" />
      <span className="untrusted">{text}</span>
    </li>
  )
}
