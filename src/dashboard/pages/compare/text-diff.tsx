/** A diff of two texts, drawn in bounded parts. */
import { useMemo, useState, type ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import controls from '../../components/controls.module.css'
import { LongText } from '../../components/long-text.tsx'
import { visible } from '../../format/visible-text.ts'
import styles from './comparison.module.css'
import { diffTexts, type DiffPart } from './text-diff.ts'

const STEP = 300
const SIGNS = { same: ' ', removed: '−', added: '+' } as const
const WORDS = { same: '', removed: 'only in A: ', added: 'only in B: ' } as const

export function TextDiff({ label, a, b }: { label: string; a: string; b: string }): ReactNode {
  const parts = useMemo(() => diffTexts(a, b), [a, b])
  const [count, setCount] = useState(STEP)
  if (parts === null)
    return (
      <>
        <p className={styles['quiet']}>The texts are too different to be laid line by line.</p>
        <div className={styles['sides']}>
          <Side name="A" text={a} />
          <Side name="B" text={b} />
        </div>
      </>
    )
  const left = parts.length - count
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
    <section className={styles['diff']} aria-label={`${label}, differences`} tabIndex={0}>
      {parts.slice(0, count).map((part, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place
        <Part key={index} part={part} />
      ))}
      {left > 0 && (
        <button type="button" className={controls['button']} onClick={() => setCount(count + STEP)}>
          Show {formatCount(Math.min(STEP, left))} of {formatCount(left)} more lines
        </button>
      )}
    </section>
  )
}

function Part({ part }: { part: DiffPart }): ReactNode {
  if (part.kind === 'left-out')
    return <div className={styles['leftOut']}>{formatCount(part.count)} equal lines</div>
  return (
    <div className={styles['line']} data-kind={part.kind}>
      <span aria-hidden="true">{SIGNS[part.kind]}</span>
      <span className={styles['text']}>
        <span className="visually-hidden">{WORDS[part.kind]}</span>
        <LongText text={visible(part.text)} />
      </span>
    </div>
  )
}

function Side({ name, text }: { name: string; text: string }): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
    <section className={styles['diff']} aria-label={name} tabIndex={0}>
      <h3>{name}</h3>
      <pre className={styles['text']}>
        <LongText text={visible(text)} />
      </pre>
    </section>
  )
}
