/** The figures behind a chart as a table, for those who do not see the chart or want the numbers. */
import { useState, type ReactNode } from 'react'
import controls from '../components/controls.module.css'
import styles from './charts.module.css'

export interface DataColumn<Row> {
  title: string
  /** Numbers stand right. @default 'left' */
  align?: 'left' | 'right'
  cell: (row: Row) => ReactNode
}

interface DataTableProps<Row> {
  /** Names the table. */
  caption: string
  columns: readonly DataColumn<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** @default 'closed': a line that opens */
  state?: 'open' | 'closed'
}

const STEP = 200

/** A long table shows its first rows and a button for more. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const [isOpen, setOpen] = useState(props.state === 'open')
  if (props.state === 'open') return <Rows {...props} />
  return (
    <details
      className={styles['details']}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      open={isOpen}
    >
      <summary>
        Data <span className="visually-hidden">of {props.caption}</span>
      </summary>
      {isOpen && <Rows {...props} />}
    </details>
  )
}

function Rows<Row>({ caption, columns, rows, keyOf }: DataTableProps<Row>): ReactNode {
  const [shown, setShown] = useState(STEP)
  return (
    // A region that scrolls takes the focus, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={styles['scroll']} aria-label={caption} tabIndex={0}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, align }) => (
              <th key={title} scope="col" data-align={align}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, align, cell }) => (
                <td key={title} data-align={align}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <button type="button" className={controls['button']} onClick={() => setShown(shown + STEP)}>
          {rows.length - shown} more
        </button>
      )}
    </section>
  )
}
