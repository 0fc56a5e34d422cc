/** CodeMirror as a React component. */
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { useEffect, useRef } from 'react'
import type { CodeEditorProps } from './code-editor.tsx'
import { LANGUAGES, STYLES } from './code-mirror-languages.ts'
import styles from './code-editor.module.css'

interface Editor {
  view: EditorView
  language: Compartment
}

export default function Mirror(props: CodeEditorProps): React.ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  const editor = useRef<Editor | null>(null)
  const { value, language, schema } = props
  useEffect(() => {
    latest.current = props
  })
  useEffect(() => {
    if (host.current === null) return undefined
    const made = createEditor(host.current, latest)
    editor.current = made
    return () => made.view.destroy()
  }, [])
  useEffect(() => {
    const view = editor.current?.view
    if (view === undefined || view.state.doc.toString() === value) return
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const { current } = editor
    current?.view.dispatch({ effects: current.language.reconfigure(LANGUAGES[language](schema)) })
  }, [language, schema])
  return <div ref={host} className={styles['mirror']} />
}

function createEditor(parent: HTMLElement, latest: React.RefObject<CodeEditorProps>): Editor {
  const language = new Compartment()
  const { value, label, language: name, schema } = latest.current
  const submit = (): boolean => {
    latest.current.onSubmit?.()
    return latest.current.onSubmit !== undefined
  }
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: value,
      extensions: [
        EditorView.cspNonce.of(nonceOf(document)),
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run: submit }])),
        basicSetup,
        STYLES,
        language.of(LANGUAGES[name](schema)),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) latest.current.onChange(state.doc.toString())
        }),
      ],
    }),
  })
  return { view, language }
}

/** What closes is left to the editor, which puts a pair around the selection. */
const OPENING = /^[([{'"`]$/u

/**
 * Types over a selection without the browser, which would keep the colours of the text that goes in styles of its own; the
 * page forbids those.
 */
function replaceSelection({ inputType, data }: InputEvent, view: EditorView): boolean {
  if (inputType !== 'insertText' || data === null || view.composing || OPENING.test(data)) return false
  if (view.state.selection.main.empty) return false
  view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
  return true
}

/** The nonce with which the page may add its styles. */
function nonceOf(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
}
