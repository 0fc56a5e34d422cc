import type { Store } from '../client.ts'
import { readPage, type ListedExecution, type ListExecutionsQuery } from '../list-page.ts'
import { listRanked } from '../rollups/ranked-list.ts'

/** The part of a window at its end that is read first, which most often holds a page. */
const NEWEST_PART = 1 / 64
/** Windows of an hour are read at once. */
const MIN_SPLIT_MS = 3_600_000
/** A slice is at least so many times as long as the one before, so that a window has few. */
const GROWTH = 4
/** How much longer a slice is than what should hold the rest of a page. */
const MARGIN = 1.5
/** A search for what is rare begins no slice after it, ms, and none that would take much longer. */
const SEARCH_MS = 2000

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
  searchMs = SEARCH_MS,
): Promise<ExecutionList> {
  const { after, order, window } = query
  if (order !== 'newest') return { rows: await listRanked(store, query, order), searchedFrom: null }
  const begin = Date.parse(window.from)
  const end = Math.min(Date.parse(window.to), after === null ? Infinity : Date.parse(after.startedAt) + 1)
  if (!(end - begin >= MIN_SPLIT_MS)) return { rows: await readPage(store, query), searchedFrom: null }
  return readSlices(store, query, { begin, end, searchMs: isSearch(query) ? searchMs : Infinity })
}

/** Without conditions a page is full, or its window has few executions. */
function isSearch({ filter }: ListExecutionsQuery): boolean {
  return filter.terms.length > 0 || filter.text !== undefined
}

async function readSlices(
  store: Store,
  query: ListExecutionsQuery,
  { begin, end, searchMs }: { begin: number; end: number; searchMs: number },
): Promise<ExecutionList> {
  const { limit, window } = query
  const begun = performance.now()
  const rows: ListedExecution[] = []
  let slice = { to: window.to, fromMs: end - Math.ceil((end - begin) * NEWEST_PART) }
  for (;;) {
    const isLast = slice.fromMs <= begin
    const from = isLast ? window.from : new Date(slice.fromMs).toISOString()
    const part = { ...query, window: { from, to: slice.to }, limit: limit - rows.length }
    rows.push(...(await readPage(store, part)))
    if (isLast || rows.length >= limit) return { rows, searchedFrom: null }
    const spentMs = performance.now() - begun
    if (spentMs >= searchMs) return { rows, searchedFrom: from }
    const seen = { count: rows.length, ms: end - slice.fromMs }
    const wanted = nextLength(seen, limit, slice.fromMs - begin)
    const affordable = Math.ceil((seen.ms * (searchMs - spentMs)) / spentMs)
    slice = { to: from, fromMs: slice.fromMs - Math.max(MIN_SPLIT_MS, Math.min(wanted, affordable)) }
  }
}

/** Length of the slice that should hold the rest of the page, ms: where that is not much less than all the rest, all. */
function nextLength(seen: { count: number; ms: number }, limit: number, restMs: number): number {
  const wanted = ((limit - seen.count) / seen.count) * seen.ms * MARGIN
  const length = Math.max(wanted, GROWTH * seen.ms)
  return length > restMs / 2 ? restMs : Math.ceil(length)
}
