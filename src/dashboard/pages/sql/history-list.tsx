import { History } from 'lucide-react'
import { useRef } from 'react'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { formatCount, formatMs } from '../../../format.ts'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import { forgetAll, useHistory } from './history.ts'
import styles from './sql.module.css'

const SHOWN = 300

/** What was asked in this browser; choosing one asks it again. */
export function HistoryList({ onChoose }: { onChoose: (query: string) => void }): React.ReactNode {
  const past = useHistory()
  const opened = useRef<HTMLDetailsElement>(null)
  const choose = (query: string): void => {
    opened.current?.removeAttribute('open')
    onChoose(query)
  }
  return (
    <details ref={opened} className={styles['history']}>
      <summary className={controls['button']}>
        <History size={14} aria-hidden="true" /> History
      </summary>
      <div className={styles['past']}>
        {past.length === 0 && <p>Queries that are asked here stay in this browser.</p>}
        <ol>
          {past.map((entry) => (
            <li key={entry.query}>
              <button type="button" onClick={() => choose(entry.query)}>
                <code className="untrusted">{visible(firstCharacters(entry.query, SHOWN))}</code>
                <small>
                  <Moment at={entry.at} /> · {formatCount(entry.rows)} rows · {formatMs(entry.tookMs)}
                </small>
              </button>
            </li>
          ))}
        </ol>
        {past.length > 0 && (
          <button type="button" className={controls['button']} onClick={forgetAll}>
            Forget all
          </button>
        )}
      </div>
    </details>
  )
}
