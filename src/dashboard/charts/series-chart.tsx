/** Figures over time. Brushing chooses a window; the table behind it has the same numbers and does the same by link. */
import { useDeferredValue, useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useSetWindow } from '../components/window-picker.tsx'
import { useTimeFormat } from '../format/time.ts'
import { useTheme } from '../preferences.ts'
import { afterPaint } from '../after-paint.ts'
import styles from './charts.module.css'
import { DataTable, type DataColumn } from './data-table.tsx'
import { plotOptions, type Plotted } from './series-plot.ts'
import { plotData, type Series, type SeriesData, type Stretch } from './series.ts'
import { formatUnit, type Unit } from './units.ts'
import { WindowLink } from './window-link.tsx'

interface SeriesChartProps extends SeriesData {
  /** Names the chart, such as `Executions over time`. */
  label: string
  unit: Unit
  /** px @default 150 */
  height?: number
  /** @default the page's window becomes the brushed one */
  onBrush?: (window: { from: string; to: string }) => void
}

export function SeriesChart(props: SeriesChartProps): ReactNode {
  const { label, buckets, series, unit } = props
  const [hovered, setHovered] = useState<number | null>(null)
  // A canvas keeps its colours, so another theme takes another canvas, once the rest of the page has it.
  const theme = useDeferredValue(useTheme())
  return (
    <figure className={styles['figure']}>
      <Legend {...props} hovered={hovered} />
      <Plot key={theme} {...props} onHover={setHovered} />
      <SeriesTable label={label} buckets={buckets} series={series} unit={unit} />
    </figure>
  )
}

function Plot({
  label,
  unit,
  kind,
  buckets,
  series,
  height = 150,
  onBrush,
  onHover,
}: SeriesChartProps & { onHover: (index: number | null) => void }): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const drawn = useRef<(() => void) | null>(null)
  const setWindow = useSetWindow()
  const time = useTimeFormat()
  const brushed = useEffectEvent((window: { from: string; to: string }) => (onBrush ?? setWindow)(window))
  useEffect(() => {
    const element = host.current
    if (element === null || buckets.length === 0) return undefined
    const plotted: Plotted = {
      kind,
      unit,
      buckets,
      series,
      time,
      onHover,
      onBrush: (window) => brushed(window),
    }
    // The plot before stays until then.
    return drawLater(element, () => {
      drawn.current?.()
      drawn.current = draw(plotted, element, height)
    })
  }, [kind, unit, buckets, series, time, height, onHover])
  useEffect(() => () => drawn.current?.(), [])
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- uPlot draws on a canvas inside it
    <div ref={host} className={styles['plot']} role="img" aria-label={label} style={{ height }} />
  )
}

/**
 * Acts after the paint; where a button is pressed over the element, once it is released: another plot would lose what is
 * brushed. Returns what calls it off.
 */
function drawLater(element: HTMLElement, act: () => void): () => void {
  const waiting = new AbortController()
  const { signal } = waiting
  const callOff = afterPaint(() => {
    if (element.matches(':active')) window.addEventListener('mouseup', act, { once: true, signal })
    else act()
  })
  return () => {
    callOff()
    waiting.abort()
  }
}

/** Returns what takes it away. */
function draw(plotted: Plotted, element: HTMLElement, height: number): () => void {
  const plot = new uPlot(plotOptions(plotted, element, height), plotData(plotted), element)
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
  observer.observe(element)
  return () => {
    observer.disconnect()
    plot.destroy()
  }
}

/** The series, with the values under the pointer or of the whole chart's newest complete bucket. */
function Legend({
  unit,
  buckets,
  series,
  hovered,
}: SeriesChartProps & { hovered: number | null }): ReactNode {
  const time = useTimeFormat()
  const at = hovered === null ? undefined : buckets[hovered]
  const isUnfinished = at !== undefined && !at.complete
  return (
    <figcaption className={styles['legend']}>
      {series.map(({ name, colour, values }) => (
        <span key={name}>
          <i className={styles['swatch']} style={{ background: `var(${colour})` }} />
          {name}
          {hovered !== null && <b> {formatUnit(unit, values[hovered] ?? null)}</b>}
        </span>
      ))}
      <span className={styles['when']}>
        {at === undefined ? '' : `${time.span(at.from, at.to)}${isUnfinished ? ', not complete' : ''}`}
      </span>
    </figcaption>
  )
}

function SeriesTable({
  label,
  buckets,
  series,
  unit,
}: Pick<SeriesChartProps, 'label' | 'buckets' | 'series' | 'unit'>): ReactNode {
  const columns = useMemo(() => columnsOf(buckets, series, unit), [buckets, series, unit])
  return (
    <DataTable
      caption={label}
      columns={columns}
      rows={[...buckets.keys()]}
      keyOf={(index) => buckets[index]?.from ?? ''}
    />
  )
}

function columnsOf(
  buckets: readonly Stretch[],
  series: readonly Series[],
  unit: Unit,
): readonly DataColumn<number>[] {
  return [
    {
      title: 'Time',
      cell: (index) => {
        const bucket = buckets[index]
        return bucket === undefined ? '–' : <WindowLink {...bucket} />
      },
    },
    ...series.map(({ name, values }): DataColumn<number> => ({
      title: name,
      align: 'right',
      cell: (index) => formatUnit(unit, values[index] ?? null),
    })),
  ]
}
