/** The rows of an answer; only those in sight are in the page. A cell that is chosen is shown whole below. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useMemo, useRef, useState } from 'react'
import { ProgramText } from '../../components/program-text.tsx'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import { isNumeric, plainType, textOf, type Column, type Reply } from './cells.ts'
import styles from './sql.module.css'

const ROW_HEIGHT = 28
const OVERSCAN = 12
const CELL_MAX = 200
const MEASURED = 100

interface Chosen {
  column: string
  row: number
}

export function RowTable({ reply }: { reply: Reply }): React.ReactNode {
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const text = chosen === null ? null : textOf(reply.data[chosen.row]?.[chosen.column])
  return (
    <>
      <Grid reply={reply} onChoose={setChosen} />
      {chosen !== null && (
        <ProgramText title={`${visible(chosen.column)}, row ${chosen.row + 1}`} text={text ?? 'NULL'} />
      )}
    </>
  )
}

const Grid = memo(function Grid({
  reply,
  onChoose,
}: {
  reply: Reply
  onChoose: (chosen: Chosen) => void
}): React.ReactNode {
  const { columns, data } = reply
  const scroller = useRef<HTMLElement>(null)
  const widths = useMemo(() => widthsOf(reply), [reply])
  // oxlint-disable-next-line react/incompatible-library -- what it returns is read here alone
  const rows = useVirtualizer({
    count: data.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  })
  const items = rows.getVirtualItems()
  const after = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  const width = `${widths.reduce((sum, one) => sum + one, 0)}ch`
  return (
    // What scrolls takes the focus, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section ref={scroller} className={styles['rows']} tabIndex={0} aria-label="Rows of the answer">
      <table aria-rowcount={data.length + 1} style={{ width }}>
        <Head columns={columns} widths={widths} />
        <tbody>
          <Gap height={items[0]?.start ?? 0} />
          {items.map(({ index }) => (
            <Row key={index} columns={columns} row={data[index] ?? {}} place={index} onChoose={onChoose} />
          ))}
          <Gap height={after} />
        </tbody>
      </table>
    </section>
  )
})

function Row({
  columns,
  row,
  place,
  onChoose,
}: {
  columns: readonly Column[]
  row: Reply['data'][number]
  place: number
  onChoose: (chosen: Chosen) => void
}): React.ReactNode {
  return (
    <tr aria-rowindex={place + 2}>
      {columns.map((column) => (
        <Cell
          key={column.name}
          column={column}
          value={row[column.name]}
          onChoose={() => onChoose({ column: column.name, row: place })}
        />
      ))}
    </tr>
  )
}

function Head({
  columns,
  widths,
}: {
  columns: readonly Column[]
  widths: readonly number[]
}): React.ReactNode {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column, place) => (
          <th
            key={column.name}
            scope="col"
            data-align={isNumeric(column) ? 'right' : undefined}
            style={{ width: `${widths[place] ?? 0}ch` }}
            title={column.type}
          >
            <span className="untrusted">{visible(firstCharacters(column.name, CELL_MAX))}</span>
            <small>{plainType(column.type)}</small>
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Holds the place of rows that are out of sight. */
function Gap({ height }: { height: number }): React.ReactNode {
  return height > 0 && <tr aria-hidden="true" style={{ height }} />
}

function Cell({
  column,
  value,
  onChoose,
}: {
  column: Column
  value: unknown
  onChoose: () => void
}): React.ReactNode {
  const text = textOf(value)
  return (
    // The text is selectable; the click is a way to see the whole of it, which the download has too.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <td data-align={isNumeric(column) ? 'right' : undefined} onClick={onChoose}>
      {text === null ? (
        <i>NULL</i>
      ) : (
        <bdi>{visible(firstCharacters(text, CELL_MAX)).replaceAll('\n', '⏎')}</bdi>
      )}
    </td>
  )
}

/** Of the first rows, in characters. */
function widthsOf({ columns, data }: Reply): number[] {
  return columns.map((column) => {
    const lengths = data.slice(0, MEASURED).map((row) => textOf(row[column.name])?.length ?? 4)
    const longest = Math.max(column.name.length, plainType(column.type).length, ...lengths)
    return Math.min(60, Math.max(8, longest + 4))
  })
}
