/** How a measure is distributed over time. A dragged region, or a row of its table, is chosen. */
import { memo, useMemo, useRef, useState, type PointerEvent, type ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { useTimeFormat, type TimeFormat } from '../format/time.ts'
import styles from './charts.module.css'
import { DataTable, type DataColumn } from './data-table.tsx'
import {
  cornersOf,
  heatGrid,
  regionBetween,
  regionOfCell,
  valueAt,
  type Corner,
  type HeatCell,
  type HeatGrid,
  type Region,
} from './heat-cells.ts'
import { formatTick, formatUnit, type Unit } from './units.ts'

interface HeatMapProps {
  label: string
  unit: Unit
  window: { from: string; to: string }
  bucketSeconds: number
  cells: readonly HeatCell[]
  region: Region | null
  onChoose: (region: Region) => void
}

const HEIGHT_PX = 190

export function HeatMap({
  label,
  unit,
  window,
  bucketSeconds,
  cells,
  region,
  onChoose,
}: HeatMapProps): ReactNode {
  const grid = useMemo(() => heatGrid(cells, window, bucketSeconds), [cells, window, bucketSeconds])
  const time = useTimeFormat()
  const columns = useMemo(() => columnsOf({ grid, unit, time, onChoose }), [grid, unit, time, onChoose])
  return (
    <figure className={styles['figure']}>
      <div className={styles['heat']}>
        <ValueAxis grid={grid} unit={unit} />
        <Surface label={label} grid={grid} region={region} onChoose={onChoose} />
        <TimeAxis grid={grid} />
      </div>
      <DataTable caption={label} columns={columns} rows={cells} keyOf={({ at, from }) => `${at} ${from}`} />
    </figure>
  )
}

function Surface({
  label,
  grid,
  region,
  onChoose,
}: Pick<HeatMapProps, 'label' | 'region' | 'onChoose'> & { grid: HeatGrid }): ReactNode {
  const surface = useRef<SVGSVGElement>(null)
  const [drag, setDrag] = useState<[Corner, Corner] | null>(null)
  const cornerOf = (event: PointerEvent): Corner => placeOf(grid, surface.current, event)
  const end = (): void => {
    if (drag !== null) onChoose(regionBetween(grid, ...drag))
    setDrag(null)
  }
  const shown = drag === null ? region : regionBetween(grid, ...drag)
  return (
    <svg
      ref={surface}
      className={styles['surface']}
      viewBox={`0 0 ${grid.columns} ${grid.rows}`}
      preserveAspectRatio="none"
      height={HEIGHT_PX}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        const corner = cornerOf(event)
        setDrag([corner, corner])
      }}
      onPointerMove={(event) => drag !== null && setDrag([drag[0], cornerOf(event)])}
      onPointerUp={end}
      onPointerCancel={() => setDrag(null)}
    >
      <Cells grid={grid} />
      {shown !== null && <Chosen grid={grid} region={shown} />}
    </svg>
  )
}

function clamped(value: number): number {
  return Math.min(Math.max(value, 0), 0.999_999)
}

function placeOf(grid: HeatGrid, surface: SVGSVGElement | null, event: PointerEvent): Corner {
  const box = surface?.getBoundingClientRect()
  if (box === undefined) return { column: 0, row: 0 }
  return {
    column: Math.floor(clamped((event.clientX - box.left) / box.width) * grid.columns),
    row: Math.floor(clamped(1 - (event.clientY - box.top) / box.height) * grid.rows),
  }
}

/** Drawn once for each answer, not at each step of a drag. */
const Cells = memo(function Cells({ grid }: { grid: HeatGrid }): ReactNode {
  return grid.places.map(({ column, row, cell }) => (
    <rect
      key={`${column} ${row}`}
      x={column + 0.04}
      y={grid.rows - row - 0.96}
      width={0.92}
      height={0.92}
      style={{ fill: colourOf(cell.count / grid.most) }}
    />
  ))
})

/** The square root makes few look different from none. */
function colourOf(share: number): string {
  return `color-mix(in oklab, var(--heat-high) ${Math.round(Math.sqrt(share) * 100)}%, var(--heat-low))`
}

function Chosen({ grid, region }: { grid: HeatGrid; region: Region }): ReactNode {
  const [low, high] = cornersOf(grid, region)
  return (
    <rect
      className={styles['chosen']}
      x={low.column}
      y={grid.rows - high.row}
      width={Math.max(0, high.column - low.column)}
      height={Math.max(0, high.row - low.row)}
    />
  )
}

const VALUE_TICKS = 5
const TIME_TICKS = 4

function ValueAxis({ grid, unit }: { grid: HeatGrid; unit: Unit }): ReactNode {
  const rows = Array.from({ length: VALUE_TICKS + 1 }, (_, tick) => (tick / VALUE_TICKS) * grid.rows)
  return (
    <ol className={styles['values']} aria-hidden="true">
      {rows.toReversed().map((row) => (
        <li key={row}>{formatTick(unit, roundTick(valueAt(grid, row)))}</li>
      ))}
    </ol>
  )
}

function roundTick(value: number): number {
  return Number(value.toPrecision(2))
}

function TimeAxis({ grid }: { grid: HeatGrid }): ReactNode {
  const time = useTimeFormat()
  const columns = Array.from({ length: TIME_TICKS + 1 }, (_, tick) =>
    Math.round((tick / TIME_TICKS) * grid.columns),
  )
  return (
    <ol className={styles['times']} aria-hidden="true">
      {columns.map((column) => (
        <li key={column}>{time.short(new Date(grid.beginMs + column * grid.stepMs).toISOString())}</li>
      ))}
    </ol>
  )
}

function columnsOf({
  grid,
  unit,
  time,
  onChoose,
}: Pick<HeatMapProps, 'unit' | 'onChoose'> & { grid: HeatGrid; time: TimeFormat }): DataColumn<HeatCell>[] {
  return [
    {
      title: 'Time',
      cell: (cell) => time.span(cell.at, regionOfCell(grid, cell).to),
    },
    { title: 'From', align: 'right', cell: ({ from }) => formatUnit(unit, from) },
    { title: 'Below', align: 'right', cell: ({ to }) => formatUnit(unit, to) },
    { title: 'Executions', align: 'right', cell: ({ count }) => formatCount(count) },
    { title: 'Failed', align: 'right', cell: ({ failures }) => formatCount(failures) },
    {
      title: 'Region',
      cell: (cell) => (
        <button type="button" className={styles['choose']} onClick={() => onChoose(regionOfCell(grid, cell))}>
          What differs here
        </button>
      ),
    },
  ]
}
