/** A choice among the runtimes of the service; one that is not ready says what is missing. */
import type { ReactNode } from 'react'
import type { Language, RuntimeName } from '../../../execution.ts'
import controls from '../../components/controls.module.css'
import { useDirectQuestion } from '../../data/queries.ts'

interface RuntimeChoiceProps {
  value: RuntimeName
  language: Language
  onChange: (runtime: RuntimeName) => void
}

export function RuntimeChoice({ value, language, onChange }: RuntimeChoiceProps): ReactNode {
  const runtimes = useDirectQuestion('listRuntimes', {}).data?.data ?? []
  const options = runtimes.some(({ name }) => name === value) ? runtimes : []
  return (
    <label>
      Runtime
      <select
        className={controls['select']}
        value={value}
        onChange={({ target }) => {
          const chosen = runtimes.find(({ name }) => name === target.value)
          if (chosen !== undefined) onChange(chosen.name)
        }}
      >
        {options.length === 0 && <option value={value}>{value}</option>}
        {options.map(({ name, ready, languages }) => (
          <option key={name} value={name} disabled={!ready || !languages.includes(language)}>
            {name}
            {!ready && ' (not ready)'}
            {ready && !languages.includes(language) && ` (no ${language})`}
          </option>
        ))}
      </select>
    </label>
  )
}
