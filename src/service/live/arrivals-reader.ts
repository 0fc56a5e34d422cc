import type { ExecutionRecord, FieldName } from '../../record/record.ts'
import type { Store } from '../../store/client.ts'
import {
  listArrivals,
  readArrivals,
  type Arrival,
  type ArrivalKind,
  type ArrivalPlace,
} from '../../store/queries/arrivals.ts'

/**
 * A row gets its time when its insert begins and is seen when the insert ends, so that rows older than the newest one may
 * still come: each read goes back a little, and one each second further, for inserts that took long.
 */
const SHORT_OVERLAP_MS = 1_000
const LONG_OVERLAP_MS = 30_000
const LONG_EVERY_MS = 1_000
/** Where the events behind a place that an earlier reader gave out begin. */
export const RESUME_OVERLAP_MS = 3_000
/** Rows of one read of places, and of records. */
const PLACES = 20_000
const RECORDS = 1_000
const SEEN_MAX = 100_000
const SEEN_MS = 120_000

/** A row that was not seen before. */
export interface Arrived {
  kind: ArrivalKind
  key: string
  arrivedMs: number
  record: Partial<ExecutionRecord>
}

type Row = Awaited<ReturnType<typeof readArrivals>>[number]

interface Range {
  from: ArrivalPlace
  /** Null for all that follow. */
  untilMs: number | null
  fields: readonly FieldName[]
}

/** Reads the rows of one kind that arrived since the last read, each once, whatever the order in which they appear. */
export class ArrivalsReader {
  readonly #store: Store
  readonly #kind: ArrivalKind
  /** Events by key, the latest last. */
  readonly #seen = new Map<string, { sequence: number; arrivedMs: number }>()
  #latestMs = 0
  /** Where many rows arrived at once, the overlap begins here at the earliest. */
  #floor: ArrivalPlace = { arrivedMs: 0, executionId: '' }
  #lookedFarAt = 0

  constructor(store: Store, kind: ArrivalKind) {
    this.#store = store
    this.#kind = kind
  }

  /** When the latest row arrived, or where it began. */
  get latestMs(): number {
    return this.#latestMs
  }

  /** Begins at this time of the store's clock: what has arrived before is not reported. */
  async begin(nowMs: number): Promise<void> {
    this.#latestMs = nowMs
    for await (const page of this.#places({ arrivedMs: nowMs - LONG_OVERLAP_MS, executionId: '' }))
      for (const arrival of page) this.#see(arrival, 0)
  }

  /** The sequence number that the row was given; undefined when it is not known here. */
  sequenceOf(key: string): number | undefined {
    return this.#seen.get(key)?.sequence
  }

  /** Reports each new row, with these fields, to `accept`, which numbers it. */
  async read(fields: readonly FieldName[], accept: (arrived: Arrived) => number): Promise<void> {
    const now = performance.now()
    const isFar = now - this.#lookedFarAt > LONG_EVERY_MS
    if (!isFar && (await this.#readLatest(fields, accept))) return
    this.#lookedFarAt = now
    for await (const page of this.#places(this.#overlap())) {
      const fresh = page.filter((arrival) => !this.#seen.has(keyOf(this.#kind, arrival)))
      const [first] = fresh
      const last = fresh.at(-1)
      if (first === undefined || last === undefined) continue
      await this.#readRange({ from: first, untilMs: last.arrivedMs, fields }, accept)
    }
  }

  /** One statement where few rows come; false where they are more. */
  async #readLatest(fields: readonly FieldName[], accept: (arrived: Arrived) => number): Promise<boolean> {
    const from = { arrivedMs: this.#latestMs - SHORT_OVERLAP_MS, executionId: '' }
    const rows = await this.#records({ from, untilMs: null, fields })
    for (const row of rows) this.#report(row, accept)
    return rows.length < RECORDS
  }

  #overlap(): ArrivalPlace {
    const arrivedMs = this.#latestMs - LONG_OVERLAP_MS
    return arrivedMs > this.#floor.arrivedMs ? { arrivedMs, executionId: '' } : this.#floor
  }

  /** Pages of places; a page begins with the last place of the one before. */
  async *#places(from: ArrivalPlace): AsyncGenerator<Arrival[]> {
    for (let place: ArrivalPlace | undefined = from; place !== undefined;) {
      const page = await this.#list(place)
      yield page
      place = page.length < PLACES ? undefined : further(place, page.at(-1))
      if (place !== undefined) this.#floor = place
    }
  }

  #list(from: ArrivalPlace): Promise<Arrival[]> {
    return listArrivals(this.#store, { scope: 'all', kind: this.#kind, from, limit: PLACES })
  }

  async #readRange(range: Range, accept: (arrived: Arrived) => number): Promise<void> {
    for (let place: ArrivalPlace | undefined = range.from; place !== undefined;) {
      const rows: Row[] = await this.#records({ ...range, from: place })
      for (const row of rows) this.#report(row, accept)
      place = rows.length < RECORDS ? undefined : further(place, rows.at(-1)?.arrival)
    }
  }

  #records({ from, untilMs, fields }: Range): Promise<Row[]> {
    return readArrivals(this.#store, {
      scope: 'all',
      kind: this.#kind,
      from,
      untilMs,
      order: 'ASC',
      filter: { terms: [] },
      fields,
      limit: RECORDS,
    })
  }

  #report({ arrival, record }: Row, accept: (arrived: Arrived) => number): void {
    const key = keyOf(this.#kind, arrival)
    if (this.#seen.has(key)) return
    this.#see(arrival, accept({ kind: this.#kind, key, arrivedMs: arrival.arrivedMs, record }))
  }

  #see({ arrivedMs, ...arrival }: Arrival, sequence: number): void {
    this.#seen.set(keyOf(this.#kind, arrival), { sequence, arrivedMs })
    this.#latestMs = Math.max(this.#latestMs, arrivedMs)
    for (const [key, oldest] of this.#seen) {
      if (this.#seen.size <= SEEN_MAX && oldest.arrivedMs >= this.#latestMs - SEEN_MS) return
      this.#seen.delete(key)
    }
  }
}

/** Undefined where a whole page is one row over and over. */
function further(place: ArrivalPlace, last: ArrivalPlace | undefined): ArrivalPlace | undefined {
  const isSame = last?.arrivedMs === place.arrivedMs && last.executionId === place.executionId
  return isSame ? undefined : last
}

/** Identifies the event of a row. */
export function keyOf(kind: ArrivalKind, { executionId, version }: Omit<Arrival, 'arrivedMs'>): string {
  return `${kind}/${executionId}/${version}`
}
