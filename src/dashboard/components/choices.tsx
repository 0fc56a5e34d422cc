import type { ReactNode } from 'react'
import controls from './controls.module.css'

interface ChoicesProps<Name extends string> {
  label: string
  value: string
  names: readonly Name[]
  nameOf: (name: Name) => string
  onChange: (name: Name) => void
}

/** One of several names, with its label above. */
export function Choices<Name extends string>({
  label,
  value,
  names,
  nameOf,
  onChange,
}: ChoicesProps<Name>): ReactNode {
  return (
    <label>
      {label}
      <select
        className={controls['select']}
        value={value}
        onChange={({ target }) => {
          const chosen = names.find((name) => name === target.value)
          if (chosen !== undefined) onChange(chosen)
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {nameOf(name)}
          </option>
        ))}
      </select>
    </label>
  )
}
