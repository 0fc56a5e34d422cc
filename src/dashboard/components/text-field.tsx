import type { ComponentProps, ReactNode } from 'react'
import controls from './controls.module.css'

interface TextFieldProps {
  /** With the unit where it is a quantity. */
  label: string
  value: string
  onChange: (value: string) => void
  /** A secret is not shown while it is typed. @default 'text' */
  kind?: 'text' | 'secret' | undefined
  placeholder?: string | undefined
}

/** A line of text with its label above. */
export function TextField({ label, value, onChange, kind = 'text', placeholder }: TextFieldProps): ReactNode {
  return (
    <label className="untrusted">
      {label}
      <input
        className={controls['input']}
        type={kind === 'secret' ? 'password' : 'text'}
        autoComplete="off"
        spellCheck={false}
        value={value}
        placeholder={placeholder}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  )
}

/** A line of a form that is read by its names when it is sent. */
export function NamedField({
  label,
  ...input
}: ComponentProps<'input'> & { label: string; name: string }): ReactNode {
  return (
    <label>
      {label}
      <input className={controls['input']} autoComplete="off" spellCheck={false} maxLength={256} {...input} />
    </label>
  )
}
