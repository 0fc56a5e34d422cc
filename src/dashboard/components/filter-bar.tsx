/** The filter of a page: a text, and conditions as chips that are flipped, changed and removed. */
import { Search, X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { filterFieldOf, isListOperator, splitCondition, splitList } from '../../record/conditions.ts'
import { labelOf, toOneLine } from '../format/fields.ts'
import { AddressNow } from '../search/page-address.ts'
import { opposite } from '../search/conditions.ts'
import { useFilter, type FilterControl } from '../search/filter.ts'
import { ConditionEditor } from './condition-editor.tsx'
import controls from './controls.module.css'
import styles from './filter-bar.module.css'

/** Marks the field that the key `/` leads to. */
export const SEARCH_FIELD_ID = 'search-text'

export function FilterBar({ children }: { children?: ReactNode }): ReactNode {
  return (
    <AddressNow>
      <Bar>{children}</Bar>
    </AddressNow>
  )
}

function Bar({ children }: { children: ReactNode }): ReactNode {
  const filter = useFilter()
  const isNarrowed = filter.where.length > 0 || filter.q !== undefined
  return (
    <search className={styles['bar']}>
      <TextSearch filter={filter} />
      {filter.where.length > 0 && (
        <ul className={styles['chips']} aria-label="Filters">
          {filter.where.map((condition) => (
            <Chip key={condition} condition={condition} filter={filter} />
          ))}
        </ul>
      )}
      <ConditionEditor filter={filter} />
      {isNarrowed && (
        <button type="button" className={styles['clear']} onClick={filter.clear}>
          Clear
        </button>
      )}
      {children}
    </search>
  )
}

/** Applied by the enter key, or when the field is left. */
function TextSearch({ filter }: { filter: FilterControl }): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const apply = (): void => {
    const text = input.current?.value.trim() ?? ''
    if (text !== (filter.q ?? '')) filter.search(text)
  }
  return (
    <form
      className={styles['search']}
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <Search size={14} aria-hidden="true" />
      <input
        key={filter.q ?? ''}
        ref={input}
        id={SEARCH_FIELD_ID}
        type="search"
        className={controls['input']}
        defaultValue={filter.q ?? ''}
        maxLength={256}
        placeholder="Search errors and output"
        aria-label="Text in errors and output"
        onBlur={apply}
        onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
      />
    </form>
  )
}

function Chip({ condition, filter }: { condition: string; filter: FilterControl }): ReactNode {
  const { label, sign, value, isNegated } = partsOf(condition)
  const words = `${label} ${sign} ${value}`
  return (
    <li className={styles['chip']} data-negated={isNegated || undefined}>
      <ConditionEditor filter={filter} condition={condition}>
        <span className={styles['label']}>{label}</span>
      </ConditionEditor>
      <button
        type="button"
        className={styles['sign']}
        title="Turn it round"
        aria-label={`Turn round ${words}`}
        onClick={() => filter.replace(condition, opposite(condition))}
      >
        {sign}
      </button>
      <bdi className={styles['text']} title={value}>
        {value}
      </bdi>
      <button
        type="button"
        className={styles['remove']}
        aria-label={`Remove ${words}`}
        title="Remove"
        onClick={() => filter.remove(condition)}
      >
        <X size={12} aria-hidden="true" />
      </button>
    </li>
  )
}

/** Characters of a value on a chip. */
const CHIP_MAX = 80

interface ChipParts {
  label: string
  sign: string
  value: string
  isNegated: boolean
}

/** A text that is no condition is shown as it is, so that it can be removed. */
function partsOf(condition: string): ChipParts {
  const split = splitCondition(condition)
  if (split === null)
    return { label: 'not a condition', sign: '', value: toOneLine(condition, CHIP_MAX), isNegated: false }
  const { name, operator, value } = split
  const field = filterFieldOf(name)
  const label = field === null ? toOneLine(name, CHIP_MAX) : labelOf(field)
  const isNegated = operator.startsWith('!')
  if (isListOperator(operator)) {
    const values = splitList(value).map((one) => (one === '' ? 'absent' : one))
    const shown = toOneLine(values.join(', '), CHIP_MAX)
    return { label, sign: isNegated ? 'none of' : 'any of', value: shown, isNegated }
  }
  if (value !== '') return { label, sign: operator, value: toOneLine(value, CHIP_MAX), isNegated }
  return { label, sign: 'is', value: isNegated ? 'present' : 'absent', isNegated: false }
}
