import { InvalidRequestError } from '../errors.ts'
import type { Window } from '../store/scope.ts'

const DAY_MS = 86_400_000
/** Default length of a window. */
const DEFAULT_WINDOW_MS = 30 * DAY_MS

const TIME = /^(\d{4}-\d{2}-)(\d{2})T(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})$/iu
const EXAMPLE = '2026-11-23T15:00:00Z'
/** Bounds of what the store can hold; a window open to one side may name any year beyond them. */
const EARLIEST = '1970-01-01T00:00:00Z'
const LATEST = '2200-01-01T00:00:00Z'

/** Null for an ISO 8601 time with a zone, whose seconds may be absent; else what is wrong and how to write it. */
export function checkTime(text: string): string | null {
  if (/T[\d:.]+ \d{2}:?\d{2}$/iu.test(text))
    return `write + as %2B in a URL, such as ${EXAMPLE.replace('Z', '%2B02:00')}`
  const [, month, day] = TIME.exec(text) ?? []
  if (month === undefined) return `write ISO 8601 with a zone, such as ${EXAMPLE}`
  // Date.parse takes 30 February as 2 March.
  const parsed = new Date(`${month}${day}T00:00Z`)
  if (Number.isNaN(parsed.getTime()) || parsed.getUTCDate() !== Number(day))
    return `${month}${day} is not a day of the calendar`
  return Number.isNaN(Date.parse(text))
    ? `there is no such time of day; write ISO 8601, such as ${EXAMPLE}`
    : null
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
  const latest = Math.min(Date.parse(to), now)
  const from =
    given.from === undefined ? toUtc(new Date(latest - DEFAULT_WINDOW_MS).toISOString()) : toUtc(given.from)
  if (Date.parse(from) >= Date.parse(to)) {
    throw new InvalidRequestError([
      { path: 'from', message: `the window is empty: ${from} is not before ${to}` },
    ])
  }
  return { from, to }
}

/** UTC with nanoseconds, within what the store can hold. */
export function toUtc(text: string): string {
  const at = Date.parse(text)
  if (at < Date.parse(EARLIEST)) return EARLIEST
  if (at >= Date.parse(LATEST)) return LATEST
  const fraction = TIME.exec(text)?.[5]
  return `${new Date(at).toISOString().slice(0, 19)}${fraction === undefined ? '' : `.${fraction}`}Z`
}

const SPAN = /^(\d{1,6})([smhdw])$/
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Length of a span such as 90s or 2w, ms.
 * @throws {InvalidRequestError} for anything else, named by `parameter`
 */
export function spanMs(span: string, parameter: string): number {
  const [, count, unit] = SPAN.exec(span) ?? []
  const unitMs = UNIT_MS[unit ?? '']
  if (unitMs !== undefined) return Number(count) * unitMs
  throw new InvalidRequestError([
    { path: parameter, message: `${span} is not a span; write one such as 90s, 15m, 6h, 30d or 2w` },
  ])
}
