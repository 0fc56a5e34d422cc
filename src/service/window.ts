import { InvalidRequestError } from '../errors.ts'
import type { Window } from '../store/scope.ts'

const DAY_MS = 86_400_000
/** Default length of a window. */
const DEFAULT_WINDOW_MS = 30 * DAY_MS

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/
const EARLIEST = Date.parse('1970-01-01T00:00:00Z')
const LATEST = Date.parse('2200-01-01T00:00:00Z')

/** True for an ISO 8601 time with a zone that the store can hold. */
export function isTime(text: string): boolean {
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN
  return at >= EARLIEST && at < LATEST
}

/**
 * The window of a query over `started_at`; by default the last 30 days.
 * @param now ms since the epoch
 * @throws {InvalidRequestError} when it is empty
 */
export function resolveWindow(
  given: { from?: string | undefined; to?: string | undefined },
  now: number,
): Window {
  const to = given.to === undefined ? new Date(now).toISOString() : toUtc(given.to)
  const from =
    given.from === undefined ? new Date(Date.parse(to) - DEFAULT_WINDOW_MS).toISOString() : toUtc(given.from)
  if (Date.parse(from) >= Date.parse(to)) {
    throw new InvalidRequestError([
      { path: 'from', message: `the window is empty: ${from} is not before ${to}` },
    ])
  }
  return { from, to }
}

/** Keeps the nanoseconds; converts other zones to UTC. */
function toUtc(text: string): string {
  if (text.endsWith('Z')) return text
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  const whole = new Date(Date.parse(text.replace(/\.\d+/, ''))).toISOString().slice(0, 19)
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`
}
