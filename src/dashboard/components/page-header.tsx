import { useEffect, type ReactNode } from 'react'
import styles from './page-header.module.css'

/** The heading of a page and what can be done on it; also names the browser's tab. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = `${title} · exectrail`
  }, [title])
  return (
    <header className={styles['header']}>
      <h1 className="untrusted">{title}</h1>
      <div className={styles['actions']}>{children}</div>
    </header>
  )
}
