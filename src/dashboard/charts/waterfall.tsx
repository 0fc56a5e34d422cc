/** Spans, attempts or phases on one axis of time, one row each; a row with a detail opens. */
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { Outcome } from '../../execution.ts'
import controls from '../components/controls.module.css'
import { outcomeColour } from '../components/outcome.tsx'
import { formatCount, formatMs } from '../../format.ts'
import { firstCharacters, visible } from '../format/visible-text.ts'
import { placeRow, toAxis, type Axis } from './waterfall-axis.ts'
import styles from './waterfall.module.css'

export interface WaterfallRow {
  id: string
  /** Text of the program, shown as text. */
  label: string
  /** Rows below a row with a smaller depth are its children. */
  depth: number
  /** From the begin of the axis, ms. */
  offsetMs: number
  /** Null: it has not ended. */
  durationMs: number | null
  /** Gives the bar its colour. */
  outcome?: Outcome | undefined
  /** Stands behind the label: an icon, an outcome, a link. */
  note?: ReactNode
  /** 'current' is the row that the page is about. */
  mark?: 'current' | undefined
  /** Drawn below the row when it is opened. */
  detail?: (() => ReactNode) | undefined
}

interface WaterfallProps {
  /** What it shows, such as "Spans of the trace". */
  label: string
  rows: readonly WaterfallRow[]
  /** The end of the axis where it is later than every row, ms. */
  endMs?: number | undefined
}

const STEP = 200
const LABEL_MAX = 200

/** More than 200 rows are drawn on request. */
export function Waterfall({ label, rows, endMs = 0 }: WaterfallProps): ReactNode {
  const [count, setCount] = useState(STEP)
  const axis = useMemo(() => toAxis(rows, endMs), [rows, endMs])
  const shown = rows.slice(0, count)
  const left = rows.length - shown.length
  return (
    <figure className={styles['waterfall']} aria-label={label}>
      <Ticks axis={axis} />
      <ul>
        {shown.map((row) => (
          <Row key={row.id} row={row} axis={axis} />
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className={controls['button']} onClick={() => setCount(count + STEP)}>
          Show {formatCount(Math.min(STEP, left))} more of {formatCount(rows.length)}
        </button>
      )}
      <DataTable label={label} rows={shown} />
    </figure>
  )
}

function Ticks({ axis }: { axis: Axis }): ReactNode {
  return (
    <div className={styles['ticks']} aria-hidden="true">
      <span className={styles['track']}>
        {axis.ticks.map(({ at, text }) => (
          <span key={at} className={styles['tick']} style={{ left: `${at * 100}%` }}>
            {text}
          </span>
        ))}
      </span>
    </div>
  )
}

function Row({ row, axis }: { row: WaterfallRow; axis: Axis }): ReactNode {
  const [open, setOpen] = useState(false)
  const { detail, durationMs, outcome } = row
  const { left, width } = placeRow(row, axis)
  const bar = { left: `${left * 100}%`, width: `max(3px, ${width * 100}%)` }
  const colour = outcome === undefined ? {} : { background: outcomeColour(outcome) }
  return (
    <li>
      <div className={styles['row']} data-mark={row.mark}>
        <span
          className={styles['label']}
          style={{ paddingLeft: `calc(${Math.min(row.depth, 12)} * var(--space-3))` }}
        >
          {detail === undefined ? (
            <Label row={row} />
          ) : (
            <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? (
                <ChevronDown size={13} aria-hidden="true" />
              ) : (
                <ChevronRight size={13} aria-hidden="true" />
              )}
              <Label row={row} />
            </button>
          )}
          {row.note}
        </span>
        <span className={styles['track']}>
          <i style={{ ...bar, ...colour }} data-open={durationMs === null ? '' : undefined} />
        </span>
        <span className={styles['time']}>{durationMs === null ? 'not ended' : formatMs(durationMs)}</span>
      </div>
      {open && detail !== undefined && <div className={styles['detail']}>{detail()}</div>}
    </li>
  )
}

function Label({ row }: { row: WaterfallRow }): ReactNode {
  const text = visible(firstCharacters(row.label, LABEL_MAX))
  return (
    <span className={`untrusted ${styles['name'] ?? ''}`} title={text}>
      {text}
    </span>
  )
}

function DataTable({ label, rows }: { label: string; rows: readonly WaterfallRow[] }): ReactNode {
  return (
    <details className={styles['table']}>
      <summary>As a table</summary>
      <table>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Begins after</th>
            <th scope="col">Takes</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="untrusted">{visible(firstCharacters(row.label, LABEL_MAX))}</td>
              <td>{formatMs(row.offsetMs)}</td>
              <td>{row.durationMs === null ? 'not ended' : formatMs(row.durationMs)}</td>
              <td>{row.outcome ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
