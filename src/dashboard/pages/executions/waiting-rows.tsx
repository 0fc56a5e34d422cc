import { ArrowUp } from 'lucide-react'
import { useSyncExternalStore, type ReactNode, type RefObject } from 'react'
import { formatCount } from '../../../format.ts'
import type { ExecutionList } from './execution-list.ts'
import styles from './page.module.css'

/** New rows wait here until the reader asks for them. */
export function WaitingRows({
  list,
  scroller,
}: {
  list: ExecutionList
  scroller: RefObject<HTMLDivElement | null>
}): ReactNode {
  const waiting = useSyncExternalStore(list.subscribe, list.waiting)
  if (waiting === 0) return null
  const show = (): void => {
    list.showWaiting()
    scroller.current?.scrollTo({ top: 0 })
  }
  return (
    <button type="button" className={styles['waiting']} onClick={show}>
      <ArrowUp size={13} aria-hidden="true" />
      {formatCount(waiting)} new
    </button>
  )
}
