/** A program with its line numbers, coloured once the highlighter is loaded, and the line that failed. */
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Language } from '../../execution.ts'
import { formatCount } from '../../format.ts'
import { visible } from '../format/visible-text.ts'
import { firstWindow, withTokens, type CodeLine, type LineWindow } from './code-lines.ts'
import styles from './code-view.module.css'
import controls from './controls.module.css'
import type { Token } from './highlight.ts'
import { LongText } from './long-text.tsx'

interface CodeViewProps {
  code: string
  language: Language
  /** Number from 1; null where it is not known. */
  failingLine?: number | null | undefined
}

const MORE_LINES = 500
/** Longer code stays plain. */
const HIGHLIGHT_MAX = 262_144

export function CodeView({ code, language, failingLine = null }: CodeViewProps): ReactNode {
  const texts = useMemo(() => code.replace(/\n$/u, '').split('\n'), [code])
  const tokens = useTokens(code, language)
  const [shown, setShown] = useState<LineWindow>(() => firstWindow(texts.length, failingLine))
  const lines = withTokens(texts, tokens, shown)
  const below = texts.length - shown.to
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
    <section className={styles['code']} aria-label={`Code, ${language}`} tabIndex={0}>
      {shown.from > 0 && (
        <More
          text={`Show ${formatCount(Math.min(MORE_LINES, shown.from))} lines above`}
          onClick={() => setShown({ ...shown, from: Math.max(0, shown.from - MORE_LINES) })}
        />
      )}
      <ol>
        {lines.map((line) => (
          <LineOfCode
            key={line.number}
            line={line}
            mark={line.number === failingLine ? 'failing' : undefined}
          />
        ))}
      </ol>
      {below > 0 && (
        <More
          text={`Show ${formatCount(Math.min(MORE_LINES, below))} of ${formatCount(below)} lines below`}
          onClick={() => setShown({ ...shown, to: Math.min(texts.length, shown.to + MORE_LINES) })}
        />
      )}
    </section>
  )
}

function More({ text, onClick }: { text: string; onClick: () => void }): ReactNode {
  return (
    <button type="button" className={controls['button']} onClick={onClick}>
      {text}
    </button>
  )
}

function LineOfCode({ line, mark }: { line: CodeLine; mark?: 'failing' | undefined }): ReactNode {
  return (
    <li className={styles['line']} data-mark={mark}>
      <span className={styles['number']} aria-hidden="true">
        {line.number}
      </span>
      <span className={styles['text']}>
        {mark === 'failing' && <span className="visually-hidden">Fails here, line {line.number}: </span>}
        {line.tokens.map(({ text, kind }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a token is its place
          <span key={index} className={kind === '' ? undefined : styles[kind]}>
            <LongText text={visible(text)} />
          </span>
        ))}
      </span>
    </li>
  )
}

/** Null until the highlighter is loaded, and for code that it cannot read. */
function useTokens(code: string, language: Language): readonly (readonly Token[])[] | null {
  const [found, setFound] = useState<{ code: string; tokens: Token[][] } | null>(null)
  useEffect(() => {
    let left = false
    const read = async (): Promise<void> => {
      const { highlight } = await import('./highlight.ts')
      if (!left) setFound({ code, tokens: highlight(code, language) })
    }
    // Code that nests deeper than the highlighter goes stays plain.
    if (code.length <= HIGHLIGHT_MAX) read().catch(() => undefined)
    return () => {
      left = true
    }
  }, [code, language])
  return found?.code === code ? found.tokens : null
}
