/** A form made from a JSON Schema, which writes the input. */
import { useState, type ReactNode } from 'react'
import type { Json } from '../../../execution.ts'
import controls from '../../components/controls.module.css'
import { visible } from '../../format/visible-text.ts'
import styles from './run.module.css'
import { membersOf, readField, writeField, type SchemaField } from './schema-fields.ts'

type Members = Readonly<Record<string, Json>>

interface SchemaFormProps {
  fields: readonly SchemaField[]
  /** JSON. */
  input: string
  onChange: (input: string) => void
}

export function SchemaForm({ fields, input, onChange }: SchemaFormProps): ReactNode {
  return (
    <Fields
      fields={fields}
      members={membersOf(input)}
      onChange={(members) => onChange(JSON.stringify(members, null, 2))}
    />
  )
}

interface FieldsProps {
  fields: readonly SchemaField[]
  members: Members
  onChange: (members: Members) => void
}

function Fields({ fields, members, onChange }: FieldsProps): ReactNode {
  const set = (name: string, value: Json | undefined): void => {
    const { [name]: _before, ...others } = members
    onChange(value === undefined ? others : { ...others, [name]: value })
  }
  return (
    <div className={styles['fields']}>
      {fields.map((field) =>
        field.kind === 'object' ? (
          <fieldset key={field.name}>
            <legend className="untrusted">{visible(field.title)}</legend>
            <Fields
              fields={field.fields}
              members={membersOf(JSON.stringify(members[field.name] ?? null))}
              onChange={(value) => set(field.name, value)}
            />
          </fieldset>
        ) : (
          <Field
            key={field.name}
            field={field}
            value={members[field.name]}
            onChange={(value) => set(field.name, value)}
          />
        ),
      )}
    </div>
  )
}

interface FieldProps {
  field: SchemaField
  value: Json | undefined
  onChange: (value: Json | undefined) => void
}

function Field({ field, value, onChange }: FieldProps): ReactNode {
  const { title, description, required } = field
  return (
    <label className="untrusted">
      <span>
        {visible(title)}
        {required === 'required' && <span aria-hidden="true"> *</span>}
      </span>
      <Control field={field} value={value} onChange={onChange} />
      {description !== '' && <span className={styles['quiet']}>{visible(description)}</span>}
    </label>
  )
}

function Control({ field, value, onChange }: FieldProps): ReactNode {
  const { kind, options, required } = field
  if (kind === 'boolean')
    return (
      <input type="checkbox" checked={value === true} onChange={({ target }) => onChange(target.checked)} />
    )
  if (kind === 'choice')
    return (
      <select
        className={controls['select']}
        value={options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value))}
        onChange={({ target }) => onChange(options[Number(target.value)])}
      >
        <option value={-1}>{required === 'required' ? 'Choose …' : 'none'}</option>
        {options.map((option, index) => (
          <option key={JSON.stringify(option)} value={index}>
            {visible(writeField('text', option)).slice(0, 100)}
          </option>
        ))}
      </select>
    )
  return <Typed field={field} value={value} onChange={onChange} />
}

/** What is typed stays while it stands for no value yet, such as `1e`. */
function Typed({ field: { kind, required }, value, onChange }: FieldProps): ReactNode {
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? writeField(kind, value)
  const change = (next: string): void => {
    const read = next === '' && required === 'optional' ? undefined : readField(kind, next)
    setTyped(read === undefined && next !== '' ? next : null)
    onChange(read)
  }
  return (
    <>
      <input
        className={controls['input']}
        inputMode={kind === 'number' ? 'decimal' : undefined}
        value={text}
        spellCheck={false}
        placeholder={kind === 'json' ? 'JSON' : undefined}
        onChange={({ target }) => change(target.value)}
      />
      {typed !== null && (
        <span className={styles['fault']}>{kind === 'number' ? 'no number' : 'no JSON'}</span>
      )}
    </>
  )
}
