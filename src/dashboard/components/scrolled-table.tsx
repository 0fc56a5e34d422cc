import type { ReactNode } from 'react'
import styles from './scrolled-table.module.css'

interface ScrolledTableProps {
  /** Names the box. */
  label: string
  /** Names the table. @default the label */
  caption?: ReactNode
  /** Of the table. */
  className?: string | undefined
  /** Its head and its body. */
  children: ReactNode
}

/** A table in a box that scrolls where the table is wider than the page. */
export function ScrolledTable({
  label,
  caption = label,
  className,
  children,
}: ScrolledTableProps): ReactNode {
  return (
    // What scrolls takes the focus, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={styles['scroll']} tabIndex={0} aria-label={label}>
      <table className={className}>
        <caption className="visually-hidden">{caption}</caption>
        {children}
      </table>
    </section>
  )
}
