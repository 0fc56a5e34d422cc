/** The fields of the form that writes a condition. */
import { useId, type ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { splitList } from '../../record/conditions.ts'
import { fieldOf } from '../../record/record.ts'
import { useQuestion } from '../data/queries.ts'
import { unitOf } from '../format/fields.ts'
import type { FilterControl } from '../search/filter.ts'
import { Choices } from './choices.tsx'
import { isList, toggleValue, valuesOf, type Draft } from './condition-draft.ts'
import styles from './condition-editor.module.css'
import controls from './controls.module.css'

interface ValueFieldProps {
  filter: FilterControl
  draft: Draft
  onChange: (value: string) => void
}

export function ValueField({ filter, draft, onChange }: ValueFieldProps): ReactNode {
  const closed = valuesOf(draft.field)
  if (closed === null && isList(draft.choice)) return <OpenList draft={draft} onChange={onChange} />
  if (closed === null) return <OpenValue filter={filter} draft={draft} onChange={onChange} />
  if (isList(draft.choice)) return <ClosedList values={closed} draft={draft} onChange={onChange} />
  return (
    <Choices label="Value" value={draft.value} names={closed} nameOf={(name) => name} onChange={onChange} />
  )
}

type ListProps = Omit<ValueFieldProps, 'filter'>

function ClosedList({ values, draft, onChange }: ListProps & { values: readonly string[] }): ReactNode {
  const chosen = splitList(draft.value)
  return (
    <fieldset className={styles['values']}>
      <legend>Values</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={() => onChange(toggleValue(draft.value, value))}
          />
          {value}
        </label>
      ))}
    </fieldset>
  )
}

function OpenList({ draft: { field, value }, onChange }: ListProps): ReactNode {
  const unit = unitOf(field)
  return (
    <label>
      {unit === '' ? 'Values, with commas' : `Values in ${unit}, with commas`}
      <input
        className={controls['input']}
        value={value}
        maxLength={2000}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  )
}

const SUGGESTIONS = 50

/** A text or a number, with the most frequent values of the page's filter as suggestions. */
function OpenValue({ filter: { where, q }, draft: { field, value }, onChange }: ValueFieldProps): ReactNode {
  const list = useId()
  const isText = fieldOf(field).type === 'text'
  const facets = useQuestion(
    'getFacets',
    { where, q, fields: [field], limit: SUGGESTIONS },
    { state: isText ? 'active' : 'paused' },
  )
  const suggested = facets.data?.facets.find((facet) => facet.field === field)?.values ?? []
  const unit = unitOf(field)
  return (
    <label>
      {unit === '' ? 'Value' : `Value, ${unit}`}
      <input
        className={controls['input']}
        value={value}
        list={list}
        maxLength={256}
        autoComplete="off"
        inputMode={isText ? 'text' : 'decimal'}
        placeholder={fieldOf(field).type === 'time' ? '2026-11-23T15:00:00Z' : undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={list}>
        {suggested.flatMap((one) =>
          one.value === null
            ? []
            : [
                <option key={one.value} value={one.value}>
                  {formatCount(one.count)} executions
                </option>,
              ],
        )}
      </datalist>
    </label>
  )
}
