/** Alerts with what one can do about them, and the executions that each is about. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Operations, ProblemError } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { ask } from '../../data/queries.ts'
import { useMay } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './alerts.module.css'
import { describeMatches, matchesOf } from './matches.ts'

type Alert = Operations['listAlerts']['reply']['data'][number]

const HEADINGS = ['State', 'Rule', 'Group', 'Why', 'Since', 'Ended', 'Executions']

export function AlertTable({ alerts }: { alerts: readonly Alert[] }): React.ReactNode {
  const mayAct = useMay('write')
  return (
    <ScrolledTable label="Alerts" caption="Alerts, newest first" className={styles['table']}>
      <TableHead titles={HEADINGS} acts="Act" />
      <tbody>
        {alerts.map((alert) => (
          <Row key={alert.id} alert={alert} mayAct={mayAct} />
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function Row({ alert, mayAct }: { alert: Alert; mayAct: boolean }): React.ReactNode {
  const { severity, phase, ruleId, ruleName, reason, since, endedAt, executions } = alert
  return (
    <tr>
      <td>
        <span className={styles['severity']} data-severity={phase === 'firing' ? severity : undefined}>
          {phase === 'firing' ? severity : phase}
        </span>
        {alert.acknowledgedBy !== null && (
          <div className="untrusted">seen by {visible(alert.acknowledgedBy)}</div>
        )}
      </td>
      <td className="untrusted">
        <Link to="/alerts" search={{ state: 'rules', rule: ruleId }}>
          {visible(ruleName)}
        </Link>
      </td>
      <td className="untrusted">{describeMatches(alert.group)}</td>
      <td className={`untrusted ${styles['why'] ?? ''}`}>{visible(reason)}</td>
      <td>
        <Moment at={since} />
      </td>
      <td>
        <Moment at={endedAt} />
      </td>
      <td>
        <ExecutionsLink where={executions.where} q={executions.q ?? undefined} window={executions}>
          show
        </ExecutionsLink>
      </td>
      <td>{mayAct && endedAt === null && <Actions alert={alert} />}</td>
    </tr>
  )
}

function Actions({ alert }: { alert: Alert }): React.ReactNode {
  const { mutate, isPending } = useDecision(alert)
  return (
    <span className={styles['buttons']}>
      {alert.acknowledgedAt === null && (
        <button
          type="button"
          className={controls['button']}
          disabled={isPending}
          onClick={() => mutate('acknowledgeAlert')}
        >
          Acknowledge
        </button>
      )}
      <Link
        to="/alerts"
        search={{ state: 'silences', rule: alert.ruleId, match: matchesOf(alert.group) }}
        className={controls['button']}
      >
        Silence
      </Link>
      <button
        type="button"
        className={controls['button']}
        disabled={isPending}
        onClick={() => mutate('resolveAlert')}
      >
        Resolve
      </button>
    </span>
  )
}

function useDecision({ id, ruleName }: Alert) {
  const queries = useQueryClient()
  return useMutation<unknown, ProblemError, 'acknowledgeAlert' | 'resolveAlert'>({
    mutationFn: (name) => ask(name, { id }),
    onSuccess: (_, name) =>
      notify({
        text: `${name === 'resolveAlert' ? 'Ended' : 'Acknowledged'}: ${visible(ruleName)}`,
        tone: 'good',
      }),
    onError: ({ message }) => notify({ text: `Not changed: ${message}`, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlerts'] }),
  })
}
