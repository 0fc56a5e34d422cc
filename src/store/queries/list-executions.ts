import type { Store } from '../client.ts'
import { readPage, type ListedExecution, type ListExecutionsQuery } from '../list-page.ts'
import { listRanked } from '../rollups/ranked-list.ts'

/** The part of a window at its end that is read first, which most often holds a page. */
const NEWEST_PART = 1 / 256
/** Windows of an hour are read at once. */
const MIN_SPLIT_MS = 3_600_000
/** A slice is at least so many times as long as the one before, so that a window has few. */
const GROWTH = 4
/** The same after slices that hold nothing, which say little of the rest. */
const GROWTH_OF_NONE = 16
/** How much longer a slice is than what should hold the rest of a page. */
const MARGIN = 1.5
/** How much longer than the slice before a slice is at most that should end with the time of a search. */
const MAX_STEP = 16
/** A search for what is rare begins no slice after `forMs`, and none that would take much longer. */
const SEARCH = { forMs: 2000, now: (): number => performance.now() }

export interface ExecutionList {
  rows: ListedExecution[]
  /** Where the search stopped although the page is not full; null: nothing is left of the window. */
  searchedFrom: string | null
}

/**
 * Executions in order; ties by start and then id, so that new rows do not move the others. From the newest on, the window is
 * read in slices until the page is full, each row once, so that the cost of a page grows with what it passes over; a search
 * stops after two seconds and says how far it has looked.
 */
export async function listExecutions(
  store: Store,
  query: ListExecutionsQuery,
  search = SEARCH,
): Promise<ExecutionList> {
  const { after, order, window } = query
  if (order !== 'newest') return { rows: await listRanked(store, query, order), searchedFrom: null }
  const begin = Date.parse(window.from)
  const end = Math.min(Date.parse(window.to), after === null ? Infinity : Date.parse(after.startedAt) + 1)
  if (!(end - begin >= MIN_SPLIT_MS)) return { rows: await readPage(store, query), searchedFrom: null }
  return readSlices(store, query, {
    begin,
    end,
    search: isSearch(query) ? search : { ...search, forMs: Infinity },
  })
}

/** Without conditions a page is full, or its window has few executions. */
function isSearch({ filter }: ListExecutionsQuery): boolean {
  return filter.terms.length > 0 || filter.text !== undefined
}

async function readSlices(
  store: Store,
  query: ListExecutionsQuery,
  { begin, end, search }: { begin: number; end: number; search: typeof SEARCH },
): Promise<ExecutionList> {
  const { limit, window } = query
  const rows: ListedExecution[] = []
  let before: SliceRead | null = null
  const begun = search.now()
  let slice = { to: window.to, toMs: end, fromMs: end - Math.ceil((end - begin) * NEWEST_PART) }
  for (;;) {
    const isLast = slice.fromMs <= begin
    const from = isLast ? window.from : new Date(slice.fromMs).toISOString()
    const since = search.now()
    const part = { ...query, window: { from, to: slice.to }, limit: limit - rows.length }
    rows.push(...(await readPage(store, part)))
    if (isLast || rows.length >= limit) return { rows, searchedFrom: null }
    const now = search.now()
    if (now - begun >= search.forMs) return { rows, searchedFrom: from }
    const last: SliceRead = { lengthMs: slice.toMs - slice.fromMs, tookMs: now - since }
    const wanted = nextLength({ count: rows.length, ms: end - slice.fromMs }, limit, slice.fromMs - begin)
    const length = Math.min(wanted, affordableLength(before, last, search.forMs - (now - begun)))
    before = last
    slice = { to: from, toMs: slice.fromMs, fromMs: slice.fromMs - Math.max(MIN_SPLIT_MS, Math.ceil(length)) }
  }
}

interface SliceRead {
  lengthMs: number
  tookMs: number
}

/**
 * Length of the slice that takes `leftMs`, ms. Each slice also has a cost of its own, such as the planning of fifty
 * conditions, which the last two slices separate from what grows with the length.
 */
function affordableLength(before: SliceRead | null, last: SliceRead, leftMs: number): number {
  if (leftMs === Infinity) return Infinity
  if (before === null || before.lengthMs >= last.lengthMs) return (last.lengthMs * leftMs) / last.tookMs
  const perMs = Math.max(0, (last.tookMs - before.tookMs) / (last.lengthMs - before.lengthMs))
  const ownMs = last.tookMs - perMs * last.lengthMs
  if (ownMs >= leftMs) return 0
  return Math.min(MAX_STEP * last.lengthMs, (leftMs - ownMs) / perMs)
}

/** Length of the slice that should hold the rest of the page, ms: where that is not much less than all the rest, all. */
function nextLength(seen: { count: number; ms: number }, limit: number, restMs: number): number {
  const wanted = ((limit - seen.count) / seen.count) * seen.ms * MARGIN
  const length = seen.count === 0 ? GROWTH_OF_NONE * seen.ms : Math.max(wanted, GROWTH * seen.ms)
  return length > restMs / 2 ? restMs : Math.ceil(length)
}
