/** What a listener missed between the last event that it had and now. */
import { InvalidRequestError } from '../../errors.ts'
import type { Store } from '../../store/client.ts'
import { countArrivals, readArrivals, type ArrivalKind } from '../../store/queries/arrivals.ts'
import { keyOf, RESUME_OVERLAP_MS, type ArrivalsReader, type Arrived } from './arrivals-reader.ts'
import { encodeLive, eventFields, isJudged, type LivePlace, type LiveQuestion } from './live-events.ts'
import type { Backlog } from './live-listener.ts'

/** Events of each kind, at most; the latest. */
const EVENTS_MAX = 1_000
const KINDS = ['started', 'execution'] as const
const ID = /^([0-9a-f]{10})-(\d{1,15})-(\d{1,15})$/u

/**
 * The place that an id stands for.
 * @throws {InvalidRequestError} when it is none of ours
 */
export function parseLiveId(id: string): LivePlace {
  const [, epoch, sequence, arrivedMs] = ID.exec(id) ?? []
  if (epoch !== undefined) return { epoch, sequence: Number(sequence), arrivedMs: Number(arrivedMs) }
  throw new InvalidRequestError([
    { path: 'Last-Event-ID', message: 'not an id of this stream; send the last one received, or none' },
  ])
}

interface BacklogQuery {
  question: LiveQuestion
  place: LivePlace
  epoch: string
  readers: Readonly<Record<ArrivalKind, ArrivalsReader>>
}

/** Reads it from the store, without the events that this reader sent before the place. */
export async function readBacklog(store: Store, query: BacklogQuery): Promise<Backlog> {
  const found = await Promise.all(KINDS.map((kind) => readKind(store, kind, query)))
  const sequenceOf = ({ kind, key }: Arrived): number => query.readers[kind].sequenceOf(key) ?? Infinity
  // As they were published, so that a listener who leaves in the midst misses none; then what is not published yet.
  const rows = found
    .flatMap(({ arrived }) => arrived)
    .map((arrived) => ({ arrived, sequence: sequenceOf(arrived) }))
    .sort((a, b) =>
      a.sequence === b.sequence ? a.arrived.arrivedMs - b.arrived.arrivedMs : a.sequence - b.sequence,
    )
  return {
    skipped: found.reduce((sum, { skipped }) => sum + skipped, 0),
    keys: new Set(rows.map(({ arrived }) => arrived.key)),
    events: rows.map(({ arrived: { kind, record, arrivedMs }, sequence }) => {
      const place = { epoch: query.epoch, sequence: Number.isFinite(sequence) ? sequence : 0, arrivedMs }
      return encodeLive(kind, record, place)
    }),
  }
}

async function readKind(
  store: Store,
  kind: ArrivalKind,
  { question, place, epoch, readers }: BacklogQuery,
): Promise<{ arrived: Arrived[]; skipped: number }> {
  if (!isJudged(question, kind)) return { arrived: [], skipped: 0 }
  const { scope, filter } = question
  const from = { arrivedMs: Math.max(0, place.arrivedMs - RESUME_OVERLAP_MS), executionId: '' }
  const rows = await readArrivals(store, {
    scope,
    kind,
    from,
    untilMs: null,
    order: 'DESC',
    filter,
    fields: eventFields(kind),
    limit: EVENTS_MAX,
  })
  const total =
    rows.length < EVENTS_MAX ? rows.length : await countArrivals(store, { scope, kind, from, filter })
  const byKey = new Map(
    rows.map(({ arrival, record }): [string, Arrived] => {
      const key = keyOf(kind, arrival)
      return [key, { kind, key, arrivedMs: arrival.arrivedMs, record }]
    }),
  )
  const wasSent = (key: string): boolean =>
    epoch === place.epoch && (readers[kind].sequenceOf(key) ?? Infinity) <= place.sequence
  const arrived = [...byKey.values()].filter(({ key }) => !wasSent(key))
  return { arrived, skipped: Math.max(0, total - rows.length) }
}
