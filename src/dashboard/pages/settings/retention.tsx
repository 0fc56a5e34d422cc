import type { Operations } from '../../../client/index.ts'
import { formatBytes, formatCount } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import { Answered } from '../../components/question.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import styles from './settings.module.css'

type Table = Operations['getRetention']['reply']['data'][number]

const TABLES: Readonly<Record<string, { what: string; change: string }>> = {
  code_exec_logs: {
    what: 'Records of executions',
    change: 'EXECTRAIL_RETENTION_DAYS=365 EXECTRAIL_RETENTION_CONTENT_DAYS=30 exectrail up',
  },
  code_exec_events: {
    what: 'Starts of executions',
    change: 'ALTER TABLE code_exec_events MODIFY TTL toDateTime(started_at) + INTERVAL 14 DAY',
  },
  otel_traces: {
    what: 'Spans',
    change: 'EXECTRAIL_RETENTION_DAYS=365 exectrail up',
  },
}

const ELSEWHERE = [
  {
    what: 'Records that the Collector has not taken',
    where: 'the outbox',
    how: 'until they are delivered, or as long as EXECTRAIL_OUTBOX_MAX_DAYS says',
    change: 'EXECTRAIL_OUTBOX_MAX_DAYS=30 exectrail up',
  },
  {
    what: 'Keys, states of errors, budgets, rules, changes',
    where: 'Postgres',
    how: 'for ever; histories of rules for 30 days',
    change: 'exectrail backup DIRECTORY',
  },
] as const

/** How long things are kept, and what changes it. */
export function Retention(): React.ReactNode {
  const question = useDirectQuestion('getRetention', {})
  return (
    <Answered question={question} what="the tables">
      {({ data }) => (
        <div className={styles['cards']}>
          {data.map((table) => (
            <TableCard key={table.table} {...table} />
          ))}
          {ELSEWHERE.map(({ what, where, how, change }) => (
            <Card key={what} title={what} note={where}>
              <p>Kept {how}.</p>
              <CodeToCopy text={change} />
            </Card>
          ))}
        </div>
      )}
    </Answered>
  )
}

function TableCard({ table, ttl, contentDays, rows, bytes, oldestPartition }: Table): React.ReactNode {
  const { what, change } = TABLES[table] ?? { what: table, change: `ALTER TABLE ${table} MODIFY TTL …` }
  return (
    <Card title={what} note={table}>
      <p>
        {ttl === null ? (
          'Kept for ever, until you set a TTL or drop a partition.'
        ) : (
          <>
            Kept until <code>{ttl}</code>.
          </>
        )}
      </p>
      {contentDays !== null && (
        <p>
          Code, input, output and result go with the month that ended {formatCount(contentDays)} days ago.
        </p>
      )}
      {rows !== null && (
        <p>
          {formatCount(rows)} rows, {formatBytes(bytes)}
          {oldestPartition !== null && `; the oldest of ${oldestPartition}`}.
        </p>
      )}
      <CodeToCopy text={change} />
    </Card>
  )
}
