import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { ErrorsReply, ErrorView } from '../../../client/index.ts'
import { Sparkline } from '../../charts/sparkline.tsx'
import { Moment } from '../../components/moment.tsx'
import { SortHeading } from '../../components/sort-heading.tsx'
import { formatCount } from '../../../format.ts'
import { useTimeFormat } from '../../format/time.ts'
import { visible } from '../../format/visible-text.ts'
import { Assignee } from './assignee.tsx'
import { Decisions, useRefusal } from './decisions.tsx'
import styles from './errors.module.css'
import { titleOf, type ErrorChange, type Order } from './groups.ts'
import { StateLabel } from './state-label.tsx'
import { useErrorChange } from './use-error-change.ts'

interface ErrorTableProps {
  groups: readonly ErrorView[]
  window: ErrorsReply['window']
  /** How many the service was asked for. */
  most: number
  order: Order
}

export function ErrorTable({ groups, window, most, order }: ErrorTableProps): React.ReactNode {
  const change = useErrorChange()
  const time = useTimeFormat()
  const executions = groups.reduce((sum, { count }) => sum + count, 0)
  const cut = groups.length === most ? `, the first ${most} groups` : ''
  return (
    <>
      <p className={styles['summary']}>
        {formatCount(groups.length)} {groups.length === 1 ? 'group' : 'groups'} of {formatCount(executions)}{' '}
        failed {executions === 1 ? 'execution' : 'executions'}, {time.span(window.from, window.to)}
        {cut}
      </p>
      <table className={styles['table']}>
        <caption className="visually-hidden">Groups of errors</caption>
        <Head order={order} />
        <tbody>
          {groups.map((group) => (
            <Row key={group.fingerprint} group={group} onChange={change} />
          ))}
        </tbody>
      </table>
    </>
  )
}

function Head({ order }: { order: Order }): React.ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">Error</th>
        <th scope="col">Trend</th>
        <SortHeading order={undefined} isChosen={order === 'count'} align="right">
          Times
        </SortHeading>
        <SortHeading order="lastSeen" isChosen={order === 'lastSeen'}>
          Last seen
        </SortHeading>
        <SortHeading order="firstSeen" isChosen={order === 'firstSeen'}>
          First seen
        </SortHeading>
        <th scope="col">Agents</th>
        <th scope="col">Assignee</th>
        <th scope="col">
          <span className="visually-hidden">Decide</span>
        </th>
      </tr>
    </thead>
  )
}

const Row = memo(function Row({
  group,
  onChange,
}: {
  group: ErrorView
  onChange: (change: ErrorChange) => void
}): React.ReactNode {
  const refused = useRefusal(group)
  return (
    <tr>
      <Name group={group} />
      <td className={styles['trend']}>
        <Sparkline values={group.trend} label="Times seen over the window" />
      </td>
      <td data-align="right" title={`${group.userCount} users`}>
        {formatCount(group.count)}×
      </td>
      <td className={styles['when']}>
        <Moment at={group.lastSeen} />
      </td>
      <td className={styles['when']} data-part="first">
        <Moment at={group.firstSeen} />
      </td>
      <td className={styles['agents']}>
        <span className="untrusted" title={group.agents.top.map((name) => visible(name)).join(', ')}>
          {namesOf(group.agents)}
        </span>
        {group.versions.count > 0 && <small className="untrusted">version {namesOf(group.versions)}</small>}
      </td>
      <td className={styles['who']}>
        <Assignee group={group} onChange={onChange} refused={refused} />
      </td>
      <td className={styles['decide']}>
        <Decisions group={group} onChange={onChange} refused={refused} />
      </td>
    </tr>
  )
})

function Name({ group }: { group: ErrorView }): React.ReactNode {
  return (
    <td className={styles['error']}>
      <Link to="/errors/$id" params={{ id: group.fingerprint }} className="untrusted">
        {titleOf(group)}
      </Link>
      <span className={styles['under']}>
        <StateLabel group={group} />
        <code className="untrusted">{visible(group.errorType)}</code>
        <span>{namesOf(group.runtimes)}</span>
      </span>
    </td>
  )
}

/** `a and 3 more`; `–` where there are none. */
function namesOf({ count, top: [first] }: ErrorView['agents']): string {
  if (first === undefined) return '–'
  return count > 1 ? `${visible(first)} and ${count - 1} more` : visible(first)
}
