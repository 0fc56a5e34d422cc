/** Costs of the executions that match: in total, by group, over time. */
import { monthStart } from '../cost/period.ts'
import { InvalidRequestError } from '../errors.ts'
import { stepBetween, type Step } from './compare-figures.ts'
import { compareGroups } from './compare-groups.ts'
import type { Store } from '../store/client.ts'
import type { CostFigures } from '../store/cost-measures.ts'
import {
  getCosts,
  getCostSeries,
  type CostBucket,
  type CostGroup,
  type CostQuery,
  type GroupedCosts,
} from '../store/queries/costs.ts'
import { toCostFigures } from '../store/cost-measures.ts'
import { BUCKETS_MAX } from '../store/queries/timeseries.ts'
import { secondsOf, type Scope, type Window } from '../store/scope.ts'

/** The costs that are compared. */
export interface CostChange {
  count: Step
  costNanoUsd: Step
  perSuccessNanoUsd: Step
}

export interface CostReport extends Omit<GroupedCosts, 'groups'> {
  window: Window
  groups: readonly (CostGroup & { change?: CostChange })[]
  /** The same groups in the window of the same length just before. */
  previous?: GroupedCosts & { window: Window }
  change?: CostChange
}

type CostQuestion = Omit<CostQuery, 'scope' | 'keys'>
interface Asked {
  store: Store
  scope: Scope
}

/** Costs in total and by group, and how they changed if asked. */
export async function costs(
  { store, scope }: Asked,
  { compare, ...query }: CostQuestion & { compare?: 'previous' | undefined },
): Promise<CostReport> {
  const { window } = query
  const current = await getCosts(store, { ...query, scope })
  if (compare === undefined) return { window, ...current }
  const compared = await compareGroups<CostFigures, GroupedCosts, CostChange>(current, {
    window,
    ask: (earlier) => getCosts(store, { ...query, scope, ...earlier }),
    changeOf,
  })
  return { window, ...current, ...compared }
}

function changeOf(now: CostFigures, before: CostFigures | null): CostChange {
  const was = before ?? NOTHING.total
  return {
    count: stepBetween(was.count, now.count),
    costNanoUsd: stepBetween(was.costNanoUsd, now.costNanoUsd),
    perSuccessNanoUsd: stepBetween(was.perSuccessNanoUsd, now.perSuccessNanoUsd),
  }
}

/** Costs of one stretch of time; not `complete` where the window or the present cuts it. */
export interface CostBucketView extends GroupedCosts {
  from: string
  to: string
  complete: boolean
}

export interface CostSeries {
  window: Window
  bucket: CostBucket
  buckets: readonly CostBucketView[]
}

const NOTHING: GroupedCosts = { total: toCostFigures(undefined), groups: [], other: null }

/**
 * Costs of each hour, day, week or month of the window, in order; groups are the greatest of the whole window.
 * @throws {InvalidRequestError} for more than 1,500 buckets
 */
export async function costSeries(
  { store, scope }: Asked,
  { bucket: asked, ...query }: CostQuestion & { bucket?: CostBucket | undefined },
): Promise<CostSeries> {
  const { window } = query
  const bucket = asked ?? chooseCostBucket(secondsOf(window))
  const spans = bucketsOf(window, bucket)
  const found = await getCostSeries(store, { ...query, scope, bucket })
  const byStart = new Map(found.map(({ startMs, costs: some }) => [startMs, some]))
  const now = Date.now()
  const [begin, end] = [Date.parse(window.from), Math.min(Date.parse(window.to), now)]
  const buckets = spans.map(({ from, to }) =>
    Object.assign(
      {
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        complete: from >= begin && to <= end,
      },
      byStart.get(from) ?? NOTHING,
    ),
  )
  return { window, bucket, buckets }
}

const DAY_S = 86_400

function chooseCostBucket(seconds: number): CostBucket {
  if (seconds <= 3 * DAY_S) return 'hour'
  if (seconds <= 92 * DAY_S) return 'day'
  return seconds <= 400 * DAY_S ? 'week' : 'month'
}

/** The stretches that a window touches, UTC. */
function bucketsOf(window: Window, bucket: CostBucket): { from: number; to: number }[] {
  const end = Date.parse(window.to)
  const spans: { from: number; to: number }[] = []
  for (let from = startOf(Date.parse(window.from), bucket); from < end;) {
    const to = startAfter(from, bucket)
    spans.push({ from, to })
    from = to
    if (spans.length > BUCKETS_MAX)
      throw new InvalidRequestError([
        {
          path: 'bucket',
          message: `more than ${BUCKETS_MAX} of a ${bucket}; narrow the window, or leave it out`,
        },
      ])
  }
  return spans
}

const LENGTH_MS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 }
/** 1970-01-05, a Monday. */
const MONDAY_MS = 345_600_000

function startOf(ms: number, bucket: CostBucket): number {
  if (bucket === 'month') return monthStart(ms, 0)
  const origin = bucket === 'week' ? MONDAY_MS : 0
  return Math.floor((ms - origin) / LENGTH_MS[bucket]) * LENGTH_MS[bucket] + origin
}

function startAfter(start: number, bucket: CostBucket): number {
  return bucket === 'month' ? monthStart(start, 1) : start + LENGTH_MS[bucket]
}
