import { Link } from '@tanstack/react-router'
import type { AuditEntry } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { Empty } from '../../components/states.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { useSession, whyNot } from '../../data/session.ts'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import styles from './settings.module.css'
import { usePageSearch } from '../../search/page-address.ts'

const LIMIT = 100
const DETAIL_MAX = 300

/** Who changed which key and which state of an error, the newest first. */
export function Audit(): React.ReactNode {
  const { cursor } = usePageSearch()
  const { organization } = useWindow()
  const session = useSession()
  const refused = whyNot(session, 'admin', 'The log of changes')
  const question = useDirectQuestion(
    'listAudit',
    { limit: LIMIT, organization, cursor: typeof cursor === 'string' ? cursor : undefined },
    { state: session === undefined || refused !== null ? 'paused' : 'active' },
  )
  if (refused !== null) return <Empty title={refused} command="exectrail key create --scope admin" />
  return (
    <Answered question={question} what="the changes">
      {({ data, nextCursor }) => (
        <>
          <Entries entries={data} />
          {nextCursor !== null && (
            <Link to="." search={{ part: 'audit', cursor: nextCursor }} className={controls['button']}>
              Older
            </Link>
          )}
        </>
      )}
    </Answered>
  )
}

function Entries({ entries }: { entries: readonly AuditEntry[] }): React.ReactNode {
  if (entries.length === 0) return <Empty title="Nothing was changed yet" command="exectrail key create" />
  return (
    <ScrolledTable label="Changes" className={styles['lines']}>
      <TableHead titles={['When', 'Who', 'What', 'Subject', 'Detail']} />
      <tbody>
        {entries.map(({ id, at, actor, action, subject, detail }) => (
          <tr key={id}>
            <td>
              <Moment at={at} as="full" />
            </td>
            <td className="untrusted" title={actor.address ?? undefined}>
              {visible(actor.name)}
            </td>
            <td>{action}</td>
            <td>
              <code>{subject}</code>
            </td>
            <td className="untrusted">{visible(firstCharacters(JSON.stringify(detail), DETAIL_MAX))}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}
