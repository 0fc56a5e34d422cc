/** Spend over time: a series for each of the greatest groups, and one for all others. */
import type { Operations } from '../../../client/index.ts'
import type { Series } from '../../charts/series.ts'
import { visible } from '../../format/visible-text.ts'
import { valueOf } from './fields.ts'

type Buckets = Operations['getCostTimeseries']['reply']['buckets']

/** Groups of a chart: as many as there are colours, less that of the others. */
export const SERIES_MAX = 5
const OTHER = 'others'

/** Null where no cost is known: there is nothing to draw. */
export function spendSeries(buckets: Buckets): Series[] | null {
  if (buckets.every(({ total }) => total.costNanoUsd === null || total.costNanoUsd === 0)) return null
  const values = [...new Set(buckets.flatMap(({ groups }) => groups.map((group) => valueOf(group))))]
  const series = values.map((value, index) => ({
    name: value === null ? '(none)' : visible(value),
    colour: `--series-${index + 1}`,
    values: buckets.map(
      ({ groups }) => groups.find((group) => valueOf(group) === value)?.costNanoUsd ?? null,
    ),
  }))
  const others = buckets.map(({ other }) => other?.costNanoUsd ?? null)
  if (others.some((cost) => cost !== null)) series.push({ name: OTHER, colour: '--series-6', values: others })
  return series
}
