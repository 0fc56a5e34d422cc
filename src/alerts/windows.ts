/** Ends of windows: multiples of the interval since the epoch, so that every replica and every dry run has the same. */

/** Windows that are caught up after a pause, at most; the ones before are skipped and said to be. */
export const CATCH_UP_MAX = 120

/** What is to be evaluated now. All ends are ms since the epoch. */
export interface Due {
  ends: readonly number[]
  /** Windows that are too long ago. */
  skipped: number
  /** End of the window after those. */
  next: number
}

interface Schedule {
  everySeconds: number
  delaySeconds: number
}

/**
 * Ends of the windows that are due.
 * @param next end of the first window that was not evaluated
 * @param now ms since the epoch
 */
export function dueEnds({ everySeconds, delaySeconds }: Schedule, next: number, now: number): Due {
  const every = everySeconds * 1000
  const latest = alignDown(now - delaySeconds * 1000, every)
  // A clock that was ahead left an end in the future: start over from the true time.
  const first = next > latest + 2 * every ? latest : alignUp(next, every)
  const count = Math.max(0, Math.floor((latest - first) / every) + 1)
  const kept = Math.min(count, CATCH_UP_MAX)
  const begin = first + (count - kept) * every
  return {
    ends: Array.from({ length: kept }, (_, index) => begin + index * every),
    skipped: count - kept,
    next: first + count * every,
  }
}

/** End of the first window of a rule that begins now. */
export function firstEnd({ everySeconds }: Pick<Schedule, 'everySeconds'>, now: number): number {
  return alignUp(now, everySeconds * 1000)
}

function alignDown(ms: number, every: number): number {
  return Math.floor(ms / every) * every
}

function alignUp(ms: number, every: number): number {
  return Math.ceil(ms / every) * every
}
