import { mapNames } from '../../record/record.ts'
import { OUTCOMES, type Outcome } from '../../record/values.ts'
import type { Store } from '../client.ts'
import type { Filter } from '../filter.ts'
import { toFigures, type Figures, type FiguresRow } from '../measures.ts'
import { dimensionOf } from '../rollups/dimensions.ts'
import { figuresSource, type KeptBy } from '../rollups/figures-source.ts'
import { FIGURES_OF_STATES } from '../rollups/states.ts'
import type { Scope, Window } from '../scope.ts'

/** Lengths of buckets, seconds. */
export const BUCKET_SECONDS = [
  1, 10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800,
] as const

/** A bucket with a window that ends in the future, or that the window cuts, is not `complete`. */
export interface Bucket extends Figures {
  from: string
  to: string
  complete: boolean
  byOutcome: Readonly<Record<Outcome, number>>
}

export interface TimeseriesQuery {
  scope: Scope
  window: Window
  filter: Filter
  /** Length of a bucket, seconds. */
  bucketSeconds: number
  /** ms since the epoch */
  now: number
}

/** The greatest number of buckets of one answer. */
export const BUCKETS_MAX = 1500
const BUCKETS_WANTED = 60

/** The shortest bucket that divides a window into about sixty. */
export function chooseBucket(seconds: number): number {
  return BUCKET_SECONDS.find((length) => seconds / length <= BUCKETS_WANTED) ?? 604_800
}

/** 1970-01-05, a Monday, so that buckets of a week begin on Mondays and the others at midnight. */
const ORIGIN = 345_600

/** Figures of each bucket of the window, in order; empty ones have counts of 0 and no percentiles. */
export async function getTimeseries(store: Store, query: TimeseriesQuery): Promise<Bucket[]> {
  const { window, bucketSeconds } = query
  const source = await figuresSource(store, query, keptBy(query))
  const bucket = source.isKept
    ? 's.slot'
    : `intDiv(toUnixTimestamp(started_at) - ${ORIGIN}, {bucketSeconds:UInt32})`
  const countOf = (outcome: Outcome): string =>
    source.isKept ? `sumIf(s.n, s.value = '${outcome}')` : `countIf(outcome = '${outcome}')`
  const rows = await store.query<BucketRow>(
    `SELECT toString(${bucket}) AS bucket, ${source.figures}, [${OUTCOMES.map(countOf).join(', ')}] AS outcomes FROM ${source.from} GROUP BY bucket`,
    { ...source.parameters, bucketSeconds },
  )
  const found = new Map(rows.map((row) => [Number(row.bucket), row]))
  return bucketsOf(window, bucketSeconds).map((index) => toBucket(index, found.get(index), query))
}

interface BucketRow extends FiguresRow {
  bucket: string
  /** Counts in the order of the outcomes. */
  outcomes: readonly string[]
}

/** Figures by outcome are all of them. */
function keptBy({ scope, bucketSeconds }: TimeseriesQuery): KeptBy | null {
  if (bucketSeconds % 3600 !== 0) return null
  const kept = dimensionOf(scope, 'outcome')
  if (kept === null) return null
  const days = bucketSeconds % 86_400 === 0 ? kept.days : null
  return {
    days,
    hours: kept.hours,
    buckets: { seconds: bucketSeconds, origin: ORIGIN },
    reads: FIGURES_OF_STATES,
  }
}

/** Numbers of the buckets that a window touches. */
export function bucketsOf({ from, to }: Window, bucketSeconds: number): number[] {
  const indexOf = (ms: number): number => Math.floor((ms / 1000 - ORIGIN) / bucketSeconds)
  const first = indexOf(Date.parse(from))
  // The end is not part of the window.
  const last = indexOf(Date.parse(to) - 1)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function toBucket(index: number, row: BucketRow | undefined, query: TimeseriesQuery): Bucket {
  const start = (index * query.bucketSeconds + ORIGIN) * 1000
  const end = start + query.bucketSeconds * 1000
  const seenFrom = Math.max(start, Date.parse(query.window.from))
  const seenTo = Math.min(end, Date.parse(query.window.to), query.now)
  return {
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    complete: seenFrom === start && seenTo === end,
    byOutcome: mapNames(OUTCOMES, (outcome) => Number(row?.outcomes[OUTCOMES.indexOf(outcome)] ?? 0)),
    ...toFigures(row, Math.max(0, seenTo - seenFrom) / 1000),
  }
}
