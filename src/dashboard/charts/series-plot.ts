/** The options of a chart over time, for uPlot. */
import uPlot from 'uplot'
import type { TimeFormat } from '../format/time.ts'
import type { Series, SeriesData, SeriesKind, Stretch } from './series.ts'
import { axisSteps, axisTop, formatTick, type Unit } from './units.ts'

export interface Plotted extends SeriesData {
  unit: Unit
  time: TimeFormat
  onHover: (index: number | null) => void
  onBrush: (window: { from: string; to: string }) => void
}

const SYNC_KEY = 'over time'
const BRUSH_MIN_PX = 4
const AXIS_FONT_PX = 11
/** Average width of a digit in the axis font. */
const DIGIT_PX = 6.2

/** @param host resolves the variables of the theme */
export function plotOptions(plotted: Plotted, host: HTMLElement, height: number): uPlot.Options {
  const { kind, unit, buckets, series, time } = plotted
  const colour = resolver(host)
  const drawn = kind === 'lines' ? series : series.toReversed()
  return {
    width: host.clientWidth,
    height,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), time.zone),
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false, dist: BRUSH_MIN_PX },
      sync: { key: SYNC_KEY, filters: { pub: (type) => type !== 'mousedown' && type !== 'mouseup' } },
    },
    scales: {
      x: { range: () => rangeOf(buckets) },
      y: { range: (_, _least, greatest) => [0, axisTop(unit, greatest ?? 0)] },
    },
    series: [{}, ...drawn.map((one) => seriesOptions(kind, colour(one.colour), one))],
    axes: axesOf(plotted, colour),
    hooks: {
      setCursor: [(plot) => plotted.onHover(plot.cursor.idx ?? null)],
      setSelect: [(plot) => brush(plot, plotted)],
      draw: [(plot) => fadeUnfinished(plot, buckets, colour('--surface'))],
    },
  }
}

function resolver(host: HTMLElement): (variable: string) => string {
  const style = getComputedStyle(host)
  return (variable) => style.getPropertyValue(variable).trim()
}

function rangeOf(buckets: readonly Stretch[]): [number, number] {
  return [Date.parse(buckets[0]?.from ?? '') / 1000, Date.parse(buckets.at(-1)?.to ?? '') / 1000]
}

const { bars, linear } = uPlot.paths

function seriesOptions(kind: SeriesKind, colour: string, { values }: Series): uPlot.Series {
  if (kind === 'bars')
    return {
      width: 0,
      fill: colour,
      paths: bars?.({ size: [0.9, 48], gap: 1 }) ?? (() => null),
      points: { show: false },
    }
  return {
    width: 1.5,
    stroke: colour,
    ...(kind === 'area' ? { fill: colour } : {}),
    paths: linear?.() ?? (() => null),
    // A value between two gaps has no line; its point shows it.
    points: { show: false, size: 5, width: 0, fill: colour, filter: alone(values) },
  }
}

function alone(values: readonly (number | null)[]): number[] {
  const absent = (index: number): boolean => (values[index] ?? null) === null
  return values.flatMap((value, index) =>
    value !== null && absent(index - 1) && absent(index + 1) ? [index] : [],
  )
}

function axesOf({ unit, time }: Plotted, colour: (variable: string) => string): uPlot.Axis[] {
  const font = `${AXIS_FONT_PX}px ${colour('--font')}`
  const line = { stroke: colour('--border'), width: 1 }
  const shared = { stroke: colour('--text-3'), font, ticks: { show: false } }
  return [
    {
      ...shared,
      grid: { show: false },
      border: { show: true, ...line },
      size: 26,
      gap: 6,
      space: 72,
      values: (_, splits, _axis, _space, step) => splits.map((at) => time.tick(at * 1000, step)),
    },
    {
      ...shared,
      grid: line,
      gap: 6,
      space: 28,
      incrs: axisSteps(unit),
      values: (_, splits) => splits.map((value) => formatTick(unit, value)),
      // The labels are known from the second cycle on.
      size: (_, labels: readonly string[] | null) =>
        Math.max(34, 14 + DIGIT_PX * Math.max(0, ...(labels ?? []).map((label) => label.length))),
    },
  ]
}

/** Whole buckets under the brushed stretch. */
function brush(plot: uPlot, { buckets, onBrush }: Plotted): void {
  const { left, width } = plot.select
  if (width < BRUSH_MIN_PX) return
  const first = buckets[plot.posToIdx(left)]
  const last = buckets[plot.posToIdx(left + width)]
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  if (first !== undefined && last !== undefined) onBrush({ from: first.from, to: last.to })
}

const FADED = 0.55

function fadeUnfinished(plot: uPlot, buckets: readonly Stretch[], colour: string): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.globalAlpha = FADED
  ctx.fillStyle = colour
  for (const { from, to, complete } of buckets) {
    if (complete) continue
    const left = Math.max(bbox.left, plot.valToPos(Date.parse(from) / 1000, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(Date.parse(to) / 1000, 'x', true))
    ctx.fillRect(left, bbox.top, right - left, bbox.height)
  }
  ctx.restore()
}
