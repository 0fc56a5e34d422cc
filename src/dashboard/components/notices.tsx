/** What just happened, at the edge of the window, with a way back. */
import { X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'
import controls from './controls.module.css'
import styles from './notices.module.css'

export interface Notice {
  text: string
  tone: 'good' | 'bad'
  /** What to do about it, such as the way back. */
  action?: { name: string; run: () => void } | undefined
}

type Shown = Notice & { id: number }

const SHOWN_MS = 8000
const SHOWN_MAX = 3
let shown: readonly Shown[] = []
let count = 0
const listeners = new Set<() => void>()

/** Shows a notice for eight seconds, or until it is closed where it is bad news. */
export function notify(notice: Notice): void {
  count += 1
  change([...shown, { ...notice, id: count }].slice(-SHOWN_MAX))
}

export function Notices(): React.ReactNode {
  const notices = useSyncExternalStore(subscribe, () => shown)
  return (
    <section className={styles['notices']} aria-live="polite" aria-label="Notices">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </section>
  )
}

function NoticeLine({ notice }: { notice: Shown }): React.ReactNode {
  const { id, text, tone, action } = notice
  useEffect(() => {
    if (tone === 'bad') return undefined
    const timer = setTimeout(() => close(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, tone])
  const act = (): void => {
    close(id)
    action?.run()
  }
  return (
    <div className={styles['notice']} data-tone={tone}>
      <p className="untrusted">{text}</p>
      {action !== undefined && (
        <button type="button" className={controls['button']} onClick={act}>
          {action.name}
        </button>
      )}
      <button type="button" className={styles['close']} aria-label="Close" onClick={() => close(id)}>
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  )
}

function close(id: number): void {
  change(shown.filter((notice) => notice.id !== id))
}

function change(next: readonly Shown[]): void {
  shown = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
