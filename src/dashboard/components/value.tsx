/** A value of an execution. Pointed at or focused, it offers to filter by it, to exclude it and to copy it. */
import { ListFilter, ListX } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { FilterField } from '../../record/conditions.ts'
import { formatValue, labelOf } from '../format/fields.ts'
import { conditionOf, useFilter } from '../search/filter.ts'
import { CopyButton } from './copy-button.tsx'
import styles from './value.module.css'

type Known = string | number | boolean | null

interface ValueProps {
  field: FilterField
  value: Known
  /** How the value is shown. @default its text with the unit */
  children?: ReactNode
  /** -1 keeps it out of the order of the tab key, as in the rows of a long list. */
  tabIndex?: 0 | -1
}

/** The menu is there only while it can be used: a list has thousands of values. */
export function Value({ field, value, children, tabIndex = 0 }: ValueProps): ReactNode {
  const [open, setOpen] = useState(false)
  return (
    <span
      className={styles['value']}
      onPointerEnter={() => setOpen(true)}
      onPointerLeave={() => setOpen(false)}
      onFocus={() => setOpen(true)}
      onBlur={({ currentTarget, relatedTarget }) => setOpen(currentTarget.contains(relatedTarget))}
    >
      <span className={styles['anchor']}>
        <button type="button" className={styles['text']} tabIndex={tabIndex}>
          {children ?? <bdi>{formatValue(field, value)}</bdi>}
        </button>
        {open && <ValueMenu field={field} value={value} tabIndex={tabIndex} />}
      </span>
    </span>
  )
}

/** Rows that answer to a click leave those on `data-own-click` alone. */
function ValueMenu({
  field,
  value,
  tabIndex,
}: {
  field: FilterField
  value: Known
  tabIndex: 0 | -1
}): ReactNode {
  const filter = useFilter()
  const words = `${labelOf(field)} ${formatValue(field, value)}`
  const actions = [
    { sign: '=', name: `Show only ${words}`, title: 'Show only this', Icon: ListFilter },
    { sign: '!=', name: `Exclude ${words}`, title: 'Exclude this', Icon: ListX },
  ] as const
  return (
    <span className={styles['menu']} data-own-click>
      {actions.map(({ sign, name, title, Icon }) => (
        <button
          key={sign}
          type="button"
          className={styles['action']}
          aria-label={name}
          title={title}
          tabIndex={tabIndex}
          onClick={() => filter.add(conditionOf(field, value, sign))}
        >
          <Icon size={13} aria-hidden="true" />
        </button>
      ))}
      {value !== null && <CopyButton text={String(value)} what={labelOf(field).toLowerCase()} />}
    </span>
  )
}
