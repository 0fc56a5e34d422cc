import { InvalidRequestError } from '../errors.ts'
import type { Store } from '../store/client.ts'
import { BUCKETS_MAX, chooseBucket, getTimeseries, type Bucket } from '../store/queries/timeseries.ts'
import type { Filter } from '../store/filter.ts'
import { secondsOf, type Scope, type Window } from '../store/scope.ts'

export interface Timeseries {
  window: Window
  bucketSeconds: number
  buckets: readonly Bucket[]
}

export interface TimeseriesRequest {
  window: Window
  filter: Filter
  /** Chosen for about sixty buckets where it is absent. */
  bucketSeconds?: number | undefined
}

/**
 * Figures over time.
 * @throws {InvalidRequestError} for more than 1,500 buckets
 */
export async function timeseries(
  { store, scope }: { store: Store; scope: Scope },
  { window, filter, bucketSeconds: asked }: TimeseriesRequest,
): Promise<Timeseries> {
  const bucketSeconds = chosenBucket(window, asked)
  const query = { scope, window, filter, bucketSeconds, now: Date.now() }
  return { window, bucketSeconds, buckets: await getTimeseries(store, query) }
}

/**
 * The length asked for, or one that fits the window.
 * @throws {InvalidRequestError} for more than 1,500 buckets
 */
export function chosenBucket(window: Window, asked: number | undefined): number {
  if (asked === undefined) return chooseBucket(secondsOf(window))
  const count = secondsOf(window) / asked
  if (count <= BUCKETS_MAX) return asked
  throw new InvalidRequestError([
    {
      path: 'bucketSeconds',
      message: `${Math.ceil(count)} buckets; at most ${BUCKETS_MAX}: narrow the window, or leave it out`,
    },
  ])
}
