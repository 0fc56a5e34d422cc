import { Link } from '@tanstack/react-router'
import { memo, useEffect, useRef, type ReactNode, type RefObject } from 'react'
import { filterFieldOf, type FilterField } from '../../../record/conditions.ts'
import { Moment } from '../../components/moment.tsx'
import { OutcomeLabel } from '../../components/outcome.tsx'
import { Value } from '../../components/value.tsx'
import { formatValue } from '../../format/fields.ts'
import { isNumeric, type ColumnName } from './columns.ts'
import type { Row } from './execution-list.ts'
import styles from './execution-table.module.css'

/** Height of a row; the stylesheet has the same. */
export const ROW_PX = 32

interface RowProps {
  row: Row
  index: number
  /** px from the first row */
  start: number
  columns: readonly ColumnName[]
  /** Of the grid. */
  tracks: string
  isActive: boolean
  /** The first of a list without an active row: where the tab key enters. */
  isFirst: boolean
  isOpened: boolean
  isMarked: boolean
  onOpen: (executionId: string) => void
  onMark: (executionId: string) => void
}

export const ExecutionRow = memo(function ExecutionRow(props: RowProps): ReactNode {
  const { row, index, start, columns, tracks, isActive, isFirst, isOpened, isMarked, onOpen } = props
  const element = useFocusWhere(isActive ? 'active' : 'other')
  const tabIndex = isActive || isFirst ? 0 : -1
  return (
    // The keys of the list act on the active row; see use-list-keys.ts.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      ref={element}
      className={styles['row']}
      aria-rowindex={index + 2}
      aria-selected={isMarked}
      data-active={isActive || undefined}
      data-opened={isOpened || undefined}
      tabIndex={tabIndex}
      style={{ transform: `translateY(${start}px)`, gridTemplateColumns: tracks }}
      onClick={({ target }) => isRowsOwn(target) && onOpen(row.executionId)}
    >
      <td>
        <MarkBox {...props} tabIndex={tabIndex} />
      </td>
      {columns.map((name) => (
        <td key={name} data-align={isNumeric(name) ? 'right' : undefined}>
          <Cell row={row} name={name} tabIndex={tabIndex} />
        </td>
      ))}
    </tr>
  )
})

/** The focus goes along with the active row, unless the reader types or is beside the list. */
function useFocusWhere(state: 'active' | 'other'): RefObject<HTMLTableRowElement | null> {
  const element = useRef<HTMLTableRowElement>(null)
  useEffect(() => {
    const focused = document.activeElement
    if (state === 'active' && (focused === null || focused.matches('body, main, tr, tr *')))
      element.current?.focus({ preventScroll: true })
  }, [state])
  return element
}

/** False for a click on what has an action of its own. */
function isRowsOwn(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[data-own-click], a, input') === null
}

function MarkBox({ row, isMarked, onMark, tabIndex }: RowProps & { tabIndex: 0 | -1 }): ReactNode {
  return (
    <input
      type="checkbox"
      checked={isMarked}
      tabIndex={tabIndex}
      aria-label={`Compare the execution of ${row.startedAt}`}
      onChange={() => onMark(row.executionId)}
    />
  )
}

function Cell({ row, name, tabIndex }: { row: Row; name: ColumnName; tabIndex: 0 | -1 }): ReactNode {
  const value = row[name]
  if (name === 'startedAt') return <StartLink row={row} tabIndex={tabIndex} />
  if (value === null || value === undefined) return <span className={styles['absent']}>–</span>
  const field = filterFieldOf(name)
  if (field === null) return <bdi className={styles['plain']}>{formatValue(name, value)}</bdi>
  return (
    <Value field={field} value={value} tabIndex={tabIndex}>
      {contentOf(row, field)}
    </Value>
  )
}

/** What shows a value otherwise than as text; undefined for the others. */
function contentOf(row: Row, field: FilterField): ReactNode {
  if (field === 'outcome' && row.outcome !== undefined) return <OutcomeLabel outcome={row.outcome} />
  if (field === 'timestamp' && row.timestamp !== undefined) return <Moment at={row.timestamp} as="second" />
  return undefined
}

/** The way to the execution for those who open it in a tab of its own. */
function StartLink({ row, tabIndex }: { row: Row; tabIndex: 0 | -1 }): ReactNode {
  return (
    <Link
      to="/executions/$id"
      params={{ id: row.executionId }}
      search={true}
      className={styles['link']}
      tabIndex={tabIndex}
      preload={false}
    >
      <Moment at={row.startedAt} as="second" />
    </Link>
  )
}
