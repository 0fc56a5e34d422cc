/** A text of which a bounded part is drawn until the reader asks for more. */
import { useState, type ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { firstCharacters } from '../format/visible-text.ts'
import styles from './long-text.module.css'

const CHARACTERS = 2000
const MORE = 20_000

export function LongText({ text, max = CHARACTERS }: { text: string; max?: number }): ReactNode {
  const [count, setCount] = useState(max)
  if (text.length <= count) return text
  const left = text.length - count
  return (
    <>
      {firstCharacters(text, count)}
      <button type="button" className={styles['more']} onClick={() => setCount(count + MORE)}>
        … show {formatCount(Math.min(MORE, left))} of {formatCount(left)} more characters
      </button>
    </>
  )
}
