/** The rows of the list, of which only those in sight are in the document. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, type ReactNode, type RefObject } from 'react'
import { formatCount } from '../../../format.ts'
import controls from '../../components/controls.module.css'
import { labelOf } from '../../format/fields.ts'
import type { ListOrder } from '../../../store/list-page.ts'
import { SearchedBack } from './searched-back.tsx'
import { SortHeading } from '../../components/sort-heading.tsx'
import { gridOf, isNumeric, ORDER_OF_COLUMN, type ColumnName, type Room } from './columns.ts'
import type { ListState, Row } from './execution-list.ts'
import { ExecutionRow, ROW_PX } from './execution-row.tsx'
import styles from './execution-table.module.css'

export interface TableProps {
  state: ListState
  columns: readonly ColumnName[]
  room: Room
  order: ListOrder
  /** Id of the row that the keys act on. */
  active: string | null
  /** Id of the execution beside the list. */
  opened: string | null
  marked: readonly string[]
  /** The element that scrolls. */
  scroller: RefObject<HTMLDivElement | null>
  onOpen: (executionId: string) => void
  onMark: (executionId: string) => void
  onNext: () => void
}

const rowHeight = (): number => ROW_PX

/** Rows beyond those in sight that are drawn, so that scrolling finds them there. */
const OVERSCAN = 12
/** Rows before the end at which the next page is asked for. */
const AHEAD = 100

export function ExecutionTable(props: TableProps): ReactNode {
  const { state, columns, room, order, scroller } = props
  const { rows, next } = state
  // The same function for the same rows, or each frame of a scroll would measure all of them again.
  const getItemKey = useCallback((index: number) => rows[index]?.executionId ?? index, [rows])
  // oxlint-disable-next-line react-hooks/incompatible-library -- its state changes with the scroll position
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    getItemKey,
    overscan: OVERSCAN,
  })
  const { tracks, minPx } = gridOf(columns, room)
  useNextPage(virtual, props)
  useActiveInSight(virtual, props)
  return (
    <div ref={scroller} className={styles['scroller']}>
      <table
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- the keys move over its rows
        role="grid"
        style={{ minWidth: minPx }}
        aria-label="Executions"
        aria-rowcount={next === 'none' ? rows.length + 1 : -1}
        aria-busy={state.phase === 'busy'}
        aria-multiselectable="true"
      >
        <Header columns={columns} tracks={tracks} order={order} />
        <tbody style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index]
            return row === undefined ? null : (
              <VirtualRow key={key} row={row} index={index} start={start} tracks={tracks} table={props} />
            )
          })}
        </tbody>
      </table>
      <ListEnd state={state} onNext={props.onNext} />
    </div>
  )
}

interface VirtualRowProps {
  row: Row
  index: number
  /** px from the first row */
  start: number
  /** Of the grid. */
  tracks: string
  table: TableProps
}

/** Only the row's own part of the table's state reaches it, so that the others are not drawn again. */
function VirtualRow({ row, index, start, tracks, table }: VirtualRowProps): ReactNode {
  const { columns, active, opened, marked, onOpen, onMark } = table
  const { executionId } = row
  return (
    <ExecutionRow
      row={row}
      index={index}
      start={start}
      tracks={tracks}
      columns={columns}
      isActive={active === executionId}
      isFirst={active === null && index === 0}
      isOpened={opened === executionId}
      isMarked={marked.includes(executionId)}
      onOpen={onOpen}
      onMark={onMark}
    />
  )
}

interface HeaderProps {
  columns: readonly ColumnName[]
  /** Of the grid. */
  tracks: string
  order: ListOrder
}

function Header({ columns, tracks, order }: HeaderProps): ReactNode {
  return (
    <thead>
      <tr aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
        <th scope="col">
          <span className="visually-hidden">Marked to compare</span>
        </th>
        {columns.map((name) => {
          const by = ORDER_OF_COLUMN[name]
          return by === undefined ? (
            <th key={name} scope="col" data-align={isNumeric(name) ? 'right' : undefined}>
              {labelOf(name)}
            </th>
          ) : (
            <SortHeading
              key={name}
              order={by === 'newest' ? undefined : by}
              isChosen={by === order}
              align={isNumeric(name) ? 'right' : undefined}
            >
              {labelOf(name)}
            </SortHeading>
          )
        })}
      </tr>
    </thead>
  )
}

function ListEnd({ state, onNext }: { state: ListState; onNext: () => void }): ReactNode {
  const { rows, next, searchedFrom } = state
  if (next === 'open' && searchedFrom !== null)
    return (
      <div className={styles['end']}>
        <SearchedBack to={searchedFrom} onNext={onNext} />
      </div>
    )
  return (
    <div className={styles['end']}>
      {next === 'none' && `${formatCount(rows.length)} executions, all of the window`}
      {(next === 'busy' || next === 'open') && 'Loading more'}
      {next === 'failed' && (
        <>
          The next executions could not be loaded.{' '}
          <button type="button" className={controls['button']} onClick={onNext}>
            Try again
          </button>
        </>
      )}
    </div>
  )
}

type Virtual = Virtualizer<HTMLDivElement, Element>

function useNextPage(virtual: Virtual, { state, onNext }: TableProps): void {
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0
  const isDue = state.next === 'open' && state.searchedFrom === null && last >= state.rows.length - AHEAD
  useEffect(() => {
    if (isDue) onNext()
  }, [isDue, onNext])
}

/** Brings the active row into sight when another becomes active; never for rows that arrive. */
function useActiveInSight(virtual: Virtual, { state: { rows }, active }: TableProps): void {
  const shown = useRef<string | null>(null)
  useEffect(() => {
    if (active === shown.current) return
    shown.current = active
    const index = rows.findIndex(({ executionId }) => executionId === active)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
  }, [active, rows, virtual])
}
