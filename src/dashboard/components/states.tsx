/** The four screens of a question that has nothing to show: it loads, there is nothing, nothing matches, it failed. */
import { CircleAlert, Inbox, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProblemError } from '../../client/index.ts'
import { CodeToCopy } from './code-to-copy.tsx'
import controls from './controls.module.css'
import styles from './states.module.css'

export function Loading({ what }: { what: string }): ReactNode {
  return (
    <output className={styles['loading']}>
      <span className="visually-hidden">Loading {what}</span>
      <i />
      <i />
      <i />
    </output>
  )
}

/** Nothing is there yet; `command` is what changes that. */
export function Empty({
  title,
  command,
  children,
}: {
  title: string
  command?: string | undefined
  children?: ReactNode
}): ReactNode {
  return (
    <section className={styles['state']}>
      <Inbox size={22} aria-hidden="true" />
      <h2>{title}</h2>
      {children}
      {command !== undefined && <CodeToCopy text={command} />}
    </section>
  )
}

/** There is something, but the filter leaves nothing of it. */
export function NothingMatches({ what, onClear }: { what: string; onClear: () => void }): ReactNode {
  return (
    <section className={styles['state']}>
      <SearchX size={22} aria-hidden="true" />
      <h2>No {what} match the filters in this window</h2>
      <button type="button" className={controls['button']} onClick={onClear}>
        Clear the filters
      </button>
    </section>
  )
}

/** The service's own words, what to do, and a second try. */
export function Failed({ error, onRetry }: { error: Error; onRetry?: (() => void) | undefined }): ReactNode {
  const problem = error instanceof ProblemError ? error : null
  return (
    <section className={styles['state']} role="alert">
      <CircleAlert size={22} aria-hidden="true" className={styles['bad']} />
      <h2>{problem?.title ?? 'This could not be shown'}</h2>
      <p className="untrusted">{error.message}</p>
      {problem?.hint !== undefined && <p className="untrusted">{problem.hint}</p>}
      {problem?.requestId !== undefined && (
        <p className={styles['note']}>
          Request <code>{problem.requestId}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" className={controls['button']} onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  )
}
