import type { ReactNode } from 'react'
import { visible } from '../format/visible-text.ts'
import { CodeToCopy } from './code-to-copy.tsx'
import controls from './controls.module.css'
import styles from './shown-once.module.css'

interface ShownOnceProps {
  /** Whose secret it is. */
  name: string
  secret: string
  onEnd: () => void
}

/** A secret that no later page can show. */
export function ShownOnce({ name, secret, onEnd }: ShownOnceProps): ReactNode {
  return (
    <div className={styles['secret']}>
      <p>
        The secret of <b className="untrusted">{visible(name)}</b>. It is shown this once: copy it now.
      </p>
      <CodeToCopy text={secret} what="the secret" />
      <button type="button" className={controls['button']} onClick={onEnd}>
        I have it
      </button>
    </div>
  )
}
