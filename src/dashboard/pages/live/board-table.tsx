import { Link } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { formatMs } from '../../../format.ts'
import { Moment } from '../../components/moment.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { formatValue } from '../../format/fields.ts'
import { CancelButton } from './cancel-button.tsx'
import { elapsedOf, type BoardRow } from './live-board.ts'
import styles from './live.module.css'
import { State } from './state.tsx'

/** How often the timers move. */
const TICK_MS = 250

interface TableProps {
  rows: readonly BoardRow[]
  selected: string | null
  onSelect: (executionId: string) => void
}

export function BoardTable({ rows, selected, onSelect }: TableProps): ReactNode {
  const nowMs = useNow()
  return (
    <section className={styles['board']} aria-label="Executions">
      <table>
        <TableHead titles={['State', 'Started', 'Agent', 'Runtime', 'Time']} acts="Cancel" />
        <tbody>
          {rows.map((row) => (
            <BoardLine
              key={row.execution.executionId}
              row={row}
              nowMs={nowMs}
              isSelected={row.execution.executionId === selected}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function useNow(): number {
  const [nowMs, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}

interface LineProps {
  row: BoardRow
  nowMs: number
  isSelected: boolean
  onSelect: (executionId: string) => void
}

function BoardLine({ row, nowMs, isSelected, onSelect }: LineProps): ReactNode {
  const { execution, end } = row
  const { executionId, startedAt, codeAgentId, runtime, language } = execution
  return (
    <tr data-ended={end !== null || undefined} data-selected={isSelected || undefined}>
      <td>
        <button
          type="button"
          className={styles['state']}
          aria-pressed={isSelected}
          onClick={() => onSelect(executionId)}
        >
          <State row={row} />
          <span className="visually-hidden">, show the output of the execution of {startedAt}</span>
        </button>
      </td>
      <td>
        <Link to="/executions/$id" params={{ id: executionId }} preload={false}>
          <Moment at={startedAt} as="clock" />
        </Link>
      </td>
      <td className={styles['agent']}>
        <bdi>{formatValue('codeAgentId', codeAgentId)}</bdi>
      </td>
      <td>
        {runtime} <span className={styles['quiet']}>{language}</span>
      </td>
      <td>
        <Elapsed row={row} nowMs={nowMs} />
      </td>
      <td data-align="right">{end === null && <CancelButton execution={execution} />}</td>
    </tr>
  )
}

/** Time since the start, against the limit of the run. */
function Elapsed({ row, nowMs }: { row: BoardRow; nowMs: number }): ReactNode {
  const { end, execution } = row
  if (end !== null && end !== 'ended') return <>{formatMs(end.durationMs ?? null)} of run</>
  const elapsedMs = elapsedOf(row, nowMs)
  const limitMs = execution.limitTimeoutMs
  return (
    <span className={styles['elapsed']}>
      {formatMs(elapsedMs)}
      {limitMs !== undefined && (
        <>
          <meter
            aria-label="Time against the limit"
            max={limitMs}
            value={Math.min(elapsedMs, limitMs)}
            high={limitMs * 0.8}
          />
          <span className={styles['quiet']}>of {formatMs(limitMs)}</span>
        </>
      )}
    </span>
  )
}
