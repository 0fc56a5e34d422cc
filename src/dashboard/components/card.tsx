import type { ReactNode } from 'react'
import styles from './card.module.css'

interface CardProps {
  title: string
  /** The window, the sample size, the unit: what a figure needs to be read. */
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A part of a page with a heading of its own. */
export function Card({ title, note, actions, children }: CardProps): ReactNode {
  return (
    <section className={styles['card']}>
      <header className={styles['header']}>
        <h2>{title}</h2>
        {note !== undefined && <p className={styles['note']}>{note}</p>}
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </section>
  )
}
