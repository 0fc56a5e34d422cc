/** An editor for code, JSON or SQL. CodeMirror is loaded when the first one is shown; a plain field stands there until then. */
import { lazy, Suspense, type ReactNode } from 'react'
import styles from './code-editor.module.css'

export type EditorLanguage = 'javascript' | 'typescript' | 'python' | 'bash' | 'json' | 'sql'

export interface CodeEditorProps {
  /** What it is for, to those who do not see it. */
  label: string
  value: string
  onChange: (value: string) => void
  language: EditorLanguage
  /** Ctrl-Enter, and ⌘-Enter on a Mac. */
  onSubmit?: (() => void) | undefined
  /** Tables with their columns, for completion in SQL. */
  schema?: Readonly<Record<string, readonly string[]>> | undefined
  /** Lines that are at least shown. @default 6 */
  rows?: number | undefined
}

const Mirror = lazy(() => import('./code-mirror.tsx'))

export function CodeEditor(props: CodeEditorProps): ReactNode {
  const { label, value, onChange, rows = 6 } = props
  return (
    <div className={styles['editor']} style={{ minHeight: `${rows * 1.5 + 1}em` }}>
      <Suspense
        fallback={
          <textarea
            aria-label={label}
            className={styles['plain']}
            rows={rows}
            value={value}
            spellCheck={false}
            onChange={({ target }) => onChange(target.value)}
          />
        }
      >
        <Mirror {...props} />
      </Suspense>
    </div>
  )
}
