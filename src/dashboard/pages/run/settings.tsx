/** What beside the code a run is given. */
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { CodeEditor } from '../../components/code-editor.tsx'
import { TextField } from '../../components/text-field.tsx'
import type { RunDraft } from './draft.ts'
import styles from './run.module.css'
import { fieldsOfSchema } from './schema-fields.ts'
import { SchemaForm } from './schema-form.tsx'

interface SettingsProps {
  draft: RunDraft
  set: (part: Partial<RunDraft>) => void
  onSubmit: () => void
}

export function InputCard({ draft, set, onSubmit }: SettingsProps): ReactNode {
  const fields = fieldsOfSchema(draft.inputSchema)
  return (
    <Card title="Input" note="what main(input) is given">
      {fields !== null && (
        <SchemaForm fields={fields} input={draft.input} onChange={(input) => set({ input })} />
      )}
      <details open={fields === null}>
        <summary>JSON</summary>
        <CodeEditor
          label="Input, JSON"
          language="json"
          rows={4}
          value={draft.input}
          onChange={(input) => set({ input })}
          onSubmit={onSubmit}
        />
      </details>
      <details open={draft.inputSchema !== ''}>
        <summary>Form from a JSON Schema</summary>
        <CodeEditor
          label="JSON Schema of the input"
          language="json"
          rows={4}
          value={draft.inputSchema}
          onChange={(inputSchema) => set({ inputSchema })}
          onSubmit={onSubmit}
        />
        {draft.inputSchema.trim() !== '' && fields === null && (
          <p className={styles['fault']}>This is no schema of an object with properties.</p>
        )}
      </details>
    </Card>
  )
}

const LIMITS = [
  ['timeoutMs', 'Time, ms', '30000'],
  ['memoryMb', 'Memory, MiB', '512'],
  ['cpuMs', 'Processor, ms', 'none'],
  ['outputBytes', 'Output kept, bytes', '1048576'],
] as const
const IDS = [
  ['codeAgentId', 'Agent'],
  ['codeAgentVersion', 'Agent version'],
  ['organizationId', 'Organization'],
  ['workspaceId', 'Workspace'],
  ['userId', 'User'],
] as const

/** Closed while nothing is set, so that the runs are near the code. */
export function SettingsCard({ draft, set }: Omit<SettingsProps, 'onSubmit'>): ReactNode {
  const isSet =
    [...LIMITS, ...IDS].some(([name]) => draft[name] !== '') || draft.network !== '' || draft.env !== ''
  return (
    <Card title="Settings" note="empty ones are the service's own">
      <details open={isSet}>
        <summary>Limits, network, variables, for whom</summary>
        <h3>Limits</h3>
        <Texts names={LIMITS} draft={draft} set={set} />
        <Surroundings draft={draft} set={set} />
        <h3>For whom</h3>
        <Texts names={IDS} draft={draft} set={set} />
      </details>
    </Card>
  )
}

interface TextsProps extends Omit<SettingsProps, 'onSubmit'> {
  names: readonly (readonly [(typeof LIMITS | typeof IDS)[number][0], string, string?])[]
}

function Texts({ names, draft, set }: TextsProps): ReactNode {
  return (
    <div className={styles['fields']}>
      {names.map(([name, label, placeholder]) => (
        <TextField
          key={name}
          label={label}
          value={draft[name]}
          placeholder={placeholder}
          onChange={(value) => set({ [name]: value })}
        />
      ))}
    </div>
  )
}

function Surroundings({ draft, set }: Omit<SettingsProps, 'onSubmit'>): ReactNode {
  return (
    <>
      <h3>Network and variables</h3>
      <div className={styles['fields']}>
        <TextField
          label="Network: none, host, or hosts"
          value={draft.network}
          placeholder="none"
          onChange={(network) => set({ network })}
        />
        <label>
          Variables, NAME=value each line
          <textarea
            className={styles['lines']}
            rows={2}
            spellCheck={false}
            value={draft.env}
            onChange={({ target }) => set({ env: target.value })}
          />
        </label>
      </div>
    </>
  )
}
