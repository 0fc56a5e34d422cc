/** What a program printed, as a terminal shows it. */
import { Download } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { formatBytes, formatCount } from '../../format.ts'
import type { Line } from '../format/terminal.ts'
import controls from './controls.module.css'
import { CopyButton } from './copy-button.tsx'
import { download } from './download.ts'
import { LongText } from './long-text.tsx'
import { describeSize, drawnLines, linesOf } from './output-lines.ts'
import styles from './output-view.module.css'

interface OutputViewProps {
  stream: 'stdout' | 'stderr'
  /** As it is kept or as it came so far. */
  text: string
  /** All that was printed; absent while it runs. */
  totalBytes?: number | undefined
  /** Name of the file for a download, without its extension. */
  name: string
  /** 'end' stays at the last line while text comes. */
  follow?: 'end' | undefined
}

const LINES = 200
const MORE_LINES = 500

export function OutputView({ stream, text, totalBytes, name, follow }: OutputViewProps): ReactNode {
  const size = useMemo(
    () => (totalBytes === undefined ? formatBytes(text.length) : describeSize(text, totalBytes)),
    [text, totalBytes],
  )
  return (
    <figure className={styles['output']}>
      <figcaption>
        <h3>{stream}</h3>
        <span className={styles['size']}>{size}</span>
        {text !== '' && (
          <span className={styles['actions']}>
            <CopyButton text={text} what={stream} />
            <button
              type="button"
              className={controls['button']}
              onClick={() => download(`${name}.${stream}.txt`, text)}
            >
              <Download size={13} aria-hidden="true" />
              Download
            </button>
          </span>
        )}
      </figcaption>
      {text === '' ? (
        <p className={styles['nothing']}>{totalBytes === 0 ? 'Nothing was printed.' : 'Nothing is kept.'}</p>
      ) : (
        <Screen label={stream} text={text} follow={follow} />
      )}
    </figure>
  )
}

interface ScreenProps {
  label: string
  text: string
  follow: OutputViewProps['follow']
}

function Screen({ label, text, follow }: ScreenProps): ReactNode {
  const [count, setCount] = useState(LINES)
  const lines = useMemo(() => linesOf(text), [text])
  const { head, tail, between } = useMemo(() => drawnLines(lines, count), [lines, count])
  const screen = useRef<HTMLElement>(null)
  useEffect(() => {
    if (follow === 'end' && screen.current !== null) screen.current.scrollTop = screen.current.scrollHeight
  })
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
    <section ref={screen} className={styles['screen']} aria-label={label} tabIndex={0}>
      <Lines lines={head} />
      {between > 0 && (
        <button type="button" className={controls['button']} onClick={() => setCount(count + MORE_LINES)}>
          Show {formatCount(Math.min(MORE_LINES, between))} of {formatCount(between)} lines between
        </button>
      )}
      <Lines lines={tail} />
    </section>
  )
}

function Lines({ lines }: { lines: readonly Line[] }): ReactNode {
  return lines.map((line, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- a line is its place
    <div key={index} className={styles['line']}>
      {line.map(({ text, style }, part) => (
        // oxlint-disable-next-line react/no-array-index-key -- the same
        <span key={part} className={classNames(style)}>
          <LongText text={text} />
        </span>
      ))}
    </div>
  ))
}

function classNames(style: string): string | undefined {
  if (style === '') return undefined
  return style
    .split(' ')
    .map((name) => styles[name] ?? '')
    .join(' ')
}
