/** A text of a program as it is: what hides in it is shown, and of a very long one its begin. */
import type { ReactNode } from 'react'
import { formatBytes } from '../../format.ts'
import { firstCharacters, visible } from '../format/visible-text.ts'
import { CopyButton } from './copy-button.tsx'
import styles from './program-text.module.css'

const SHOWN = 20_000

/** Nothing for an absent or empty text. */
export function ProgramText({ title, text }: { title: string; text: string | null }): ReactNode {
  if (text === null || text === '') return null
  const cut = text.length > SHOWN ? `, the first ${formatBytes(SHOWN)} of ${formatBytes(text.length)}` : ''
  return (
    <section>
      <h3 className={styles['title']}>
        {title}
        {cut} <CopyButton text={text} what={title} />
      </h3>
      {/* What scrolls takes the focus, so that the keyboard can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles['text']} tabIndex={0} aria-label={title}>
        <pre className="untrusted">{visible(firstCharacters(text, SHOWN))}</pre>
      </section>
    </section>
  )
}
