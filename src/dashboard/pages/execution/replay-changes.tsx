/** The form for a run with changes. */
import type { ReactNode } from 'react'
import { CodeEditor } from '../../components/code-editor.tsx'
import { TextField } from '../../components/text-field.tsx'
import type { Ended } from '../../data/execution.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './panel.module.css'
import type { ReplayDraft } from './replay-draft.ts'
import { RuntimeChoice } from './runtime-choice.tsx'

interface ChangesProps {
  draft: ReplayDraft
  record: Ended
  onChange: (draft: ReplayDraft) => void
  onSubmit: () => void
}

/** What may be changed before the run. */
export function ReplayChanges({ draft, record, onChange, onSubmit }: ChangesProps): ReactNode {
  const set = (part: Partial<ReplayDraft>): void => onChange({ ...draft, ...part })
  return (
    <>
      <div className={styles['fields']}>
        <RuntimeChoice
          value={draft.runtime}
          language={record.language}
          onChange={(runtime) => set({ runtime })}
        />
        <TextField
          label="Time limit, ms"
          value={draft.timeoutMs}
          onChange={(timeoutMs) => set({ timeoutMs })}
        />
        <TextField
          label="Memory limit, MiB"
          value={draft.memoryMb}
          onChange={(memoryMb) => set({ memoryMb })}
        />
        <Variables draft={draft} onChange={onChange} />
      </div>
      <h3>Input, JSON</h3>
      <CodeEditor
        label="Input, JSON"
        language="json"
        rows={4}
        value={draft.input}
        onChange={(input) => set({ input })}
        onSubmit={onSubmit}
      />
    </>
  )
}

/** Those that the run was given; their values are secrets, so they are asked for. */
function Variables({ draft, onChange }: Pick<ChangesProps, 'draft' | 'onChange'>): ReactNode {
  return Object.entries(draft.env).map(([name, value]) => (
    <TextField
      key={name}
      kind="secret"
      label={`${visible(name)} (no record keeps values)`}
      value={value}
      onChange={(next) => onChange({ ...draft, env: { ...draft.env, [name]: next } })}
    />
  ))
}
