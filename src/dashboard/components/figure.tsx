/** A number to read at a glance: its unit, how it changed against the period before, and what it counts. */
import type { ReactNode } from 'react'
import type { ChangeWords } from '../format/change.ts'
import styles from './figure.module.css'

export interface FigureProps {
  label: string
  /** With its unit. */
  value: ReactNode
  /** The sample size, or what is counted. */
  note?: ReactNode
  change?: ChangeWords | null | undefined
  /** The figure of the period before, such as `1.2 s before`. */
  before?: string | undefined
}

/** Several figures in a row. */
export function Figures({ children }: { children: ReactNode }): ReactNode {
  return <dl className={styles['figures']}>{children}</dl>
}

export function Figure({ label, value, note, change, before }: FigureProps): ReactNode {
  return (
    <div className={styles['figure']}>
      <dt>{label}</dt>
      <dd className={styles['value']}>{value}</dd>
      {change !== undefined && change !== null && (
        <dd className={styles['change']}>
          <Change change={change} before={before} />
        </dd>
      )}
      {note !== undefined && <dd className={styles['note']}>{note}</dd>}
    </div>
  )
}

/** Marks what had no execution in the period before, in which others ran. */
export function NewTag(): ReactNode {
  return <span className={styles['tone']}>new</span>
}

/** A change in words and colour; what it was is on hover. Nothing where there is no figure before. */
export function Change({
  change,
  before,
}: {
  change: ChangeWords | null
  before?: string | undefined
}): ReactNode {
  if (change === null) return null
  return (
    <span data-tone={change.tone} className={styles['tone']} title={before}>
      {change.text}
    </span>
  )
}
