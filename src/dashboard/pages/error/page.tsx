/** One group of errors: how often over time, samples with their stack, what is affected, what was decided. */
import { Link } from '@tanstack/react-router'
import type { ErrorView } from '../../../client/index.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Fact, Facts } from '../../components/facts.tsx'
import { Moment } from '../../components/moment.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { useQuestion } from '../../data/queries.ts'
import { formatCount } from '../../../format.ts'
import { visible } from '../../format/visible-text.ts'
import { Assignee } from '../errors/assignee.tsx'
import { Decisions, useRefusal } from '../errors/decisions.tsx'
import { readTab, titleOf } from '../errors/groups.ts'
import { StateLabel } from '../errors/state-label.tsx'
import { useErrorChange } from '../errors/use-error-change.ts'
import { Affected } from './affected.tsx'
import styles from './error.module.css'
import { History } from './history.tsx'
import { OverTime } from './over-time.tsx'
import { Samples } from './samples.tsx'
import { usePageParams } from '../../search/page-address.ts'

export function Page(): React.ReactNode {
  const { id = '' } = usePageParams()
  const where = [`errorFingerprint=${id}`]
  const question = useQuestion('getErrors', { where, state: readTab('all').states, limit: 1 })
  return (
    <Answered question={question} what="the error">
      {({ data: [group] }) =>
        group === undefined ? <NotSeen id={id} /> : <Group group={group} where={where} />
      }
    </Answered>
  )
}

function NotSeen({ id }: { id: string }): React.ReactNode {
  return (
    <>
      <PageHeader title={`Error ${visible(id.slice(0, 40))}`} />
      <Empty title="This error was not seen in this window">
        <p>
          <Link to="." search={{ range: '1y' }}>
            Look for it in the last year
          </Link>
        </p>
      </Empty>
      <History fingerprint={id} />
    </>
  )
}

function Group({ group, where }: { group: ErrorView; where: readonly string[] }): React.ReactNode {
  const change = useErrorChange()
  const refused = useRefusal(group)
  return (
    <>
      <PageHeader title={titleOf(group)}>
        <Assignee group={group} onChange={change} refused={refused} />
        <Decisions group={group} onChange={change} refused={refused} />
      </PageHeader>
      <Known group={group} where={where} />
      {refused !== null && <p className={styles['refused']}>{refused}.</p>}
      <div className={styles['columns']}>
        <div className={styles['column']}>
          <OverTime where={where} />
          <Samples group={group} />
        </div>
        <div className={styles['column']}>
          <Affected where={where} />
          <History fingerprint={group.fingerprint} />
        </div>
      </div>
    </>
  )
}

function Known({ group, where }: { group: ErrorView; where: readonly string[] }): React.ReactNode {
  const { fingerprint, errorType, count, userCount, firstSeen, lastSeen, organizations, stateSince } = group
  return (
    <Facts>
      <Fact name="State">
        <StateLabel group={group} />
        {stateSince !== null && (
          <small>
            since <Moment at={stateSince} />
          </small>
        )}
      </Fact>
      <Fact name="Seen in the window">
        <ExecutionsLink where={where}>{formatCount(count)} executions</ExecutionsLink>
      </Fact>
      <Fact name="Users">{formatCount(userCount)}</Fact>
      <Fact name="First seen">
        <Moment at={firstSeen} />
      </Fact>
      <Fact name="Last seen">
        <Moment at={lastSeen} />
      </Fact>
      <Fact name="Type">
        <code className="untrusted">{visible(errorType)}</code>
      </Fact>
      <Fact name="Fingerprint">
        <code>{fingerprint}</code>
        <CopyButton text={fingerprint} what="the fingerprint" />
      </Fact>
      {organizations.length > 0 && (
        <Fact name={organizations.length === 1 ? 'Organization' : 'Organizations'}>
          <span className="untrusted">{organizations.map((name) => visible(name)).join(', ')}</span>
        </Fact>
      )}
    </Facts>
  )
}
