import type { AuditEntry } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Moment } from '../../components/moment.tsx'
import { Answered } from '../../components/question.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { useSession, whyNot } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './error.module.css'

const ACTIONS: Readonly<Record<string, string>> = {
  'error.resolve': 'resolved it',
  'error.ignore': 'ignored it',
  'error.reopen': 'reopened it',
}

/** Who decided what about the group, the newest first. The audit log is for administrators. */
export function History({ fingerprint }: { fingerprint: string }): React.ReactNode {
  const session = useSession()
  const refused = whyNot(session, 'admin', 'The history of decisions')
  const state = session === undefined || refused !== null ? 'paused' : 'active'
  const question = useDirectQuestion('listAudit', { subject: fingerprint, limit: 50 }, { state })
  return (
    <Card title="Decisions">
      {refused === null ? (
        <Answered question={question} what="the decisions">
          {({ data }) =>
            data.length === 0 ? (
              <p className={styles['quiet']}>Nothing was decided yet.</p>
            ) : (
              <Entries entries={data} />
            )
          }
        </Answered>
      ) : (
        <p className={styles['quiet']}>{refused}.</p>
      )}
    </Card>
  )
}

function Entries({ entries }: { entries: readonly AuditEntry[] }): React.ReactNode {
  return (
    <ol className={styles['history']}>
      {entries.map((entry) => (
        <li key={entry.id}>
          <Moment at={entry.at} />
          <span className="untrusted">
            {visible(entry.actor.name)} {describe(entry)}
          </span>
        </li>
      ))}
    </ol>
  )
}

/** What was done, as the rest of a sentence. */
function describe({ action, detail }: AuditEntry): string {
  const { assignee } = detail
  const assigned =
    assignee === undefined
      ? ''
      : typeof assignee === 'string'
        ? `assigned it to ${visible(assignee)}`
        : 'assigned it to no one'
  const done = ACTIONS[action] ?? ''
  return [done, assigned].filter((part) => part !== '').join(' and ')
}
