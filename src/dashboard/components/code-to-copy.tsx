import type { ReactNode } from 'react'
import styles from './code-to-copy.module.css'
import { CopyButton } from './copy-button.tsx'

/** A command or a secret on a line of its own. `what` completes "Copy …". */
export function CodeToCopy({ text, what = 'the command' }: { text: string; what?: string }): ReactNode {
  return (
    <p className={styles['line']}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </p>
  )
}
