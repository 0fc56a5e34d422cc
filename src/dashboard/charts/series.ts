/** Figures over time, as they are drawn. */

/** A stretch of time; one that is not complete yet is drawn pale. */
export interface Stretch {
  from: string
  to: string
  complete: boolean
}

export interface Series {
  name: string
  /** One for each bucket; null is a gap. */
  values: readonly (number | null)[]
  /** A variable of styles/tokens.css, such as `--series-1`. */
  colour: string
}

/** `bars` and `area` are stacked. */
export type SeriesKind = 'lines' | 'area' | 'bars'

export interface SeriesData {
  kind: SeriesKind
  buckets: readonly Stretch[]
  series: readonly Series[]
}

/** Middles of the buckets in seconds, then the values: stacked ones from the whole down to the first series. */
export function plotData({ kind, buckets, series }: SeriesData): [number[], ...(number | null)[][]] {
  const middles = buckets.map(({ from, to }) => (Date.parse(from) + Date.parse(to)) / 2000)
  if (kind === 'lines') return [middles, ...series.map(({ values }) => [...values])]
  return [middles, ...stack(series.map(({ values }) => values)).toReversed()]
}

/** Running sums over the series; a bucket in which all are absent stays absent. */
export function stack(values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const stacked: (number | null)[][] = []
  for (const of of values) {
    const below = stacked.at(-1)
    stacked.push(
      of.map((value, index) => {
        const base = below?.[index] ?? null
        return value === null ? base : value + (base ?? 0)
      }),
    )
  }
  return stacked
}
