/** The true reason first: what ended the run, the words of whoever reported it, and what to do. */
import { Lightbulb } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { LongText } from '../../components/long-text.tsx'
import type { Ended } from '../../data/execution.ts'
import { visible } from '../../format/visible-text.ts'
import { reasonOf } from './reason.ts'
import styles from './panel.module.css'

export function ReasonCard({ record }: { record: Ended }): ReactNode {
  const { outcome, errorType, errorMessage, errorStack, hint, errorFingerprint } = record
  if (outcome === 'success' && hint === null) return null
  return (
    <section className={styles['reason']} data-outcome={outcome} aria-label="Reason">
      {outcome !== 'success' && (
        <p className={styles['sentence']}>
          <strong>{reasonOf(record)}</strong>
          {errorType !== null && <code>{errorType}</code>}
          {errorFingerprint !== null && (
            <Link to="/errors/$id" params={{ id: errorFingerprint }}>
              All of this kind
            </Link>
          )}
        </p>
      )}
      {errorMessage !== null && errorMessage !== '' && (
        <pre className={styles['message']}>
          <LongText text={visible(errorMessage)} />
        </pre>
      )}
      {hint !== null && (
        <p className={styles['hint']}>
          <Lightbulb size={14} aria-hidden="true" />
          <span className="untrusted">{visible(hint)}</span>
        </p>
      )}
      {errorStack !== null && errorStack.trim() !== '' && (
        <details>
          <summary>Stack</summary>
          <pre className={styles['message']}>
            <LongText text={visible(errorStack)} max={8000} />
          </pre>
        </details>
      )}
    </section>
  )
}
