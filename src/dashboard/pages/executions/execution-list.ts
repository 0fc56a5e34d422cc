/** The rows of a list: pages from the newest on, and what arrives while they are read. Everything in it is bounded. */
import type { ExecutionPage } from '../../../service/list-executions.ts'
import type { ExecutionView } from '../../../service/execution-view.ts'

export type Row = Partial<ExecutionView> & Pick<ExecutionView, 'executionId' | 'startedAt'>

/** Where a page begins: behind a cursor, or behind a row. Null is the first page. */
export type Place = { cursor: string } | { behind: Row } | null

export interface ListQuestion {
  /** One page of the list. */
  load: (place: Place, signal: AbortSignal) => Promise<ExecutionPage>
  /** False where arrivals have no place of their own, as in an order by duration. */
  takesArrivals: boolean
}

/** Changes with the rows alone. */
export interface ListState {
  rows: readonly Row[]
  /** 'busy': the rows are those of an earlier question, or none yet. */
  phase: 'busy' | 'ready' | 'failed'
  error: Error | null
  /** Of the page behind the last row. */
  next: 'none' | 'open' | 'busy' | 'failed'
  window: ExecutionPage['window'] | null
  /** Where a search has stopped, to go on when asked to. */
  searchedFrom: string | null
}

/** Arrivals that are kept to be shown; of more only the number is. */
export const WAITING_MAX = 300
/** Rows that a list which follows the newest keeps. */
export const FOLLOWED_MAX = 500
/** Arrivals are shown in steps, so that many a second do not draw the page as often. */
const STEP_MS = 250

const EMPTY: ListState = {
  rows: [],
  phase: 'busy',
  error: null,
  next: 'none',
  window: null,
  searchedFrom: null,
}

/** For `useSyncExternalStore`: `subscribe`, `state` and `waiting`. */
export class ExecutionList {
  #state = EMPTY
  #question: ListQuestion | null = null
  #ending = new AbortController()
  #place: Place = null
  #known = new Set<string>()
  #waiting: Row[] = []
  #missed = 0
  #waitingCount = 0
  #follows = false
  #timer: ReturnType<typeof setTimeout> | null = null
  readonly #listeners = new Set<() => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly state = (): ListState => this.#state
  /** Arrivals that are not among the rows, as shown at the last step. */
  readonly waiting = (): number => this.#waitingCount

  /** Rows that it holds, shown and waiting. */
  heldCount(): number {
    return this.#state.rows.length + this.#waiting.length
  }

  /** Asks for other rows; those that are there stay until the first page has come. */
  ask(question: ListQuestion): void {
    this.#question = question
    this.reload()
  }

  stop(): void {
    this.#ending.abort()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Begins again with the first page. */
  readonly reload = (): void => {
    this.stop()
    this.#ending = new AbortController()
    this.#forgetArrivals()
    this.#change({ phase: 'busy', error: null })
    void this.#load(null)
  }

  /** Loads the page behind the last row, once. */
  readonly loadNext = (): void => {
    const { next, phase } = this.#state
    if (phase !== 'ready' || next === 'none' || next === 'busy') return
    this.#change({ next: 'busy' })
    void this.#load(this.#place)
  }

  /** An execution that ended just now. */
  arrive(row: Row): void {
    if (this.#known.has(row.executionId)) return
    if (this.#question?.takesArrivals !== true) this.#missed += 1
    else this.#keep(row)
    this.#step()
  }

  /** Executions that ended and did not come as events. */
  miss(count: number): void {
    this.#missed += count
    this.#step()
  }

  /** Shows what has arrived since, without a wait, for as long as it is on. */
  follow(mode: 'on' | 'off'): void {
    this.#follows = mode === 'on'
    if (this.#follows) this.#step()
  }

  /** Shows what waits: at its place, or by loading the first page where some of it is gone. */
  readonly showWaiting = (): void => {
    if (this.#missed > 0) this.reload()
    else this.#takeIn()
  }

  #keep(row: Row): void {
    const count = this.#waiting.push(row)
    if (this.#follows) {
      // A list that follows shows no more than its newest rows.
      if (count > 2 * FOLLOWED_MAX) this.#waiting = merge([], this.#waiting).slice(0, FOLLOWED_MAX)
    } else if (count > WAITING_MAX) {
      this.#waiting.shift()
      this.#missed += 1
    }
  }

  #step(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      const { phase, rows } = this.#state
      if (phase === 'ready' && (this.#follows || rows.length === 0)) this.showWaiting()
      this.#waitingCount = this.#waiting.length + this.#missed
      this.#notify()
    }, STEP_MS)
  }

  #takeIn(): void {
    const { rows, next } = this.#state
    const end = rows.at(-1)
    // What belongs behind the last row comes with its page.
    const fits = (row: Row): boolean => next === 'none' || end === undefined || isBefore(row, end)
    const merged = merge(rows, this.#waiting.filter(fits))
    this.#forgetArrivals()
    const isCut = this.#follows && merged.length > FOLLOWED_MAX
    const shown = isCut ? merged.slice(0, FOLLOWED_MAX) : merged
    const last = shown.at(-1)
    if (isCut && last !== undefined) this.#place = { behind: last }
    this.#known = new Set(shown.map(({ executionId }) => executionId))
    this.#change({ rows: shown, ...(isCut ? { next: 'open' } : {}) })
  }

  async #load(place: Place): Promise<void> {
    const { signal } = this.#ending
    try {
      const page = await this.#question?.load(place, signal)
      if (page !== undefined && !signal.aborted) this.#addPage(place, page)
    } catch (error) {
      if (signal.aborted) return
      const failed = error instanceof Error ? error : new Error(String(error))
      this.#change(place === null ? { phase: 'failed', error: failed, rows: [] } : { next: 'failed' })
    }
  }

  #addPage(place: Place, { data, nextCursor, searchedFrom, window }: ExecutionPage): void {
    if (place === null) this.#known.clear()
    const fresh = data.filter(isRow).filter(({ executionId }) => !this.#known.has(executionId))
    for (const { executionId } of fresh) this.#known.add(executionId)
    this.#waiting = this.#waiting.filter(({ executionId }) => !this.#known.has(executionId))
    this.#place = nextCursor === null ? null : { cursor: nextCursor }
    this.#change({
      rows: place === null ? fresh : [...this.#state.rows, ...fresh],
      phase: 'ready',
      next: nextCursor === null ? 'none' : 'open',
      window,
      searchedFrom,
    })
  }

  #forgetArrivals(): void {
    this.#waiting = []
    this.#missed = 0
    this.#waitingCount = 0
  }

  #change(part: Partial<ListState>): void {
    this.#state = { ...this.#state, ...part }
    this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Newest first; of the same start the greater id. */
function isBefore(left: Row, right: Row): boolean {
  if (left.startedAt !== right.startedAt) return left.startedAt > right.startedAt
  return left.executionId > right.executionId
}

/** Both from the newest on. */
export function merge(rows: readonly Row[], arrived: readonly Row[]): Row[] {
  const added = arrived.toSorted((left, right) => (isBefore(left, right) ? -1 : 1))
  const merged: Row[] = []
  let place = 0
  for (const row of added) {
    for (let at = rows[place]; at !== undefined && isBefore(at, row); at = rows[place]) {
      merged.push(at)
      place += 1
    }
    merged.push(row)
  }
  return [...merged, ...rows.slice(place)]
}

export function isRow(record: Partial<ExecutionView>): record is Row {
  return record.executionId !== undefined && record.startedAt !== undefined
}
