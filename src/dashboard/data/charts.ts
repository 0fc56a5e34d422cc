/** The charts over time that pages have, of the figures in an answer of getTimeseries. */
import type { Figures } from '../../store/measures.ts'
import type { Series, SeriesKind } from '../charts/series.ts'
import type { Unit } from '../charts/units.ts'

type Buckets = readonly Figures[]

/** What a rule of alerts can watch of a chart. */
export const WATCH_NAMES = ['failures', 'timeouts', 'duration', 'memory', 'count', 'cost'] as const
export type WatchName = (typeof WATCH_NAMES)[number]

export interface ChartView {
  title: string
  /** Names it for those who do not see it. */
  label: string
  unit: Unit
  kind: SeriesKind
  series: readonly Series[]
  watch: WatchName
}

/** Executions, duration, and cost where a price is known, else the rate of success. */
export function overviewCharts(buckets: Buckets): ChartView[] {
  return [executions(buckets), duration(buckets), cost(buckets) ?? success(buckets)]
}

/** As above, with memory. */
export function agentCharts(buckets: Buckets): ChartView[] {
  return [executions(buckets), duration(buckets), memory(buckets)]
}

function executions(buckets: Buckets): ChartView {
  const failed = buckets.map(({ count, successCount }) => count - successCount)
  const succeeded = buckets.map(({ successCount }) => successCount)
  return {
    title: 'Executions',
    label: 'Executions over time',
    unit: 'count',
    kind: 'bars',
    watch: 'failures',
    series: [
      { name: 'succeeded', colour: '--outcome-success', values: succeeded },
      { name: 'failed', colour: '--outcome-failure', values: failed },
    ],
  }
}

function duration(buckets: Buckets): ChartView {
  const series = percentiles(buckets, 'durationMs')
  return {
    title: 'Duration',
    label: 'Duration over time',
    unit: 'ms',
    kind: 'lines',
    watch: 'duration',
    series,
  }
}

function memory(buckets: Buckets): ChartView {
  const series = percentiles(buckets, 'memoryPeakBytes')
  return {
    title: 'Memory peak',
    label: 'Memory peak over time',
    unit: 'bytes',
    kind: 'lines',
    watch: 'memory',
    series,
  }
}

/** A gap where nothing ran. */
function success(buckets: Buckets): ChartView {
  const values = buckets.map(({ successRate }) => successRate)
  return {
    title: 'Success rate',
    label: 'Success rate over time',
    unit: 'share',
    kind: 'lines',
    watch: 'failures',
    series: [{ name: 'success rate', colour: '--outcome-success', values }],
  }
}

const LEVELS = [
  ['p50', '--series-1'],
  ['p95', '--series-5'],
  ['p99', '--series-6'],
] as const

/** A gap where nothing has the measure. */
function percentiles(buckets: Buckets, measure: 'durationMs' | 'memoryPeakBytes'): Series[] {
  return LEVELS.map(([level, colour]) => ({
    name: level,
    colour,
    values: buckets.map((bucket) => bucket[measure][level]),
  }))
}

/** Null where nothing has a price. */
function cost(buckets: Buckets): ChartView | null {
  const run = buckets.map(
    ({ costAllocatedNanoUsd, costRunNanoUsd }) => costAllocatedNanoUsd ?? costRunNanoUsd,
  )
  const tokens = buckets.map(({ costTokensNanoUsd }) => costTokensNanoUsd)
  const series = [
    { name: 'run', colour: '--series-1', values: run },
    { name: 'tokens', colour: '--series-4', values: tokens },
  ].filter(({ values }) => values.some((value) => value !== null))
  if (series.length === 0) return null
  return { title: 'Cost', label: 'Cost over time', unit: 'nanoUsd', kind: 'bars', watch: 'cost', series }
}
