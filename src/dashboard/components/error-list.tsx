/** Groups of errors in short: how often, since when, of whom. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ErrorView } from '../../client/index.ts'
import { formatCount } from '../../format.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { toOneLine } from '../format/fields.ts'
import { AgentLink } from './agent-link.tsx'
import styles from './error-list.module.css'
import { Moment } from './moment.tsx'

const SHOWN = 6

interface ErrorListProps {
  errors: readonly ErrorView[]
  /** What is said where there is none. */
  none: string
}

export function ErrorList({ errors, none }: ErrorListProps): ReactNode {
  if (errors.length === 0) return <p className={styles['note']}>{none}</p>
  return (
    <ul className={styles['errors']}>
      {errors.slice(0, SHOWN).map((error) => (
        <li key={error.fingerprint}>
          <Link
            to="/errors/$id"
            params={{ id: error.fingerprint }}
            className={`${styles['message']} untrusted`}
            title={toOneLine(error.message)}
          >
            {error.message === '' ? error.errorType : toOneLine(error.message)}
          </Link>
          <Sparkline label="Executions with this error over the window" values={error.trend} />
          <b className={styles['count']}>{formatCount(error.count)}×</b>
          <Facts {...error} />
        </li>
      ))}
      {errors.length > SHOWN && (
        <li className={styles['note']}>
          <Link to="/errors">{errors.length - SHOWN} more</Link>
        </li>
      )}
    </ul>
  )
}

function Facts({ errorType, firstSeen, agents, isNew }: ErrorView): ReactNode {
  const [first] = agents.top
  return (
    <span className={styles['note']}>
      {isNew ? 'new, ' : ''}
      {errorType} · since <Moment at={firstSeen} />
      {first !== undefined && (
        <>
          {' · '}
          <AgentLink id={first} />
          {agents.count > 1 && ` and ${agents.count - 1} more`}
        </>
      )}
    </span>
  )
}
