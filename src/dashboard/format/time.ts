/** Instants as a reader sees them, in the zone that the browser is set to show. */
import { usePreferences, type Preferences } from '../preferences.ts'

export interface TimeFormat {
  /** Such as `UTC` or `Europe/Berlin`. */
  zone: string
  /** 2026-11-29 04:07:12.345 */
  full: (iso: string) => string
  /** 04:07:12 */
  clock: (iso: string) => string
  /** 29 Nov 04:07, for axes and rows. */
  short: (iso: string) => string
  /** 29 Nov 04:07:12 */
  second: (iso: string) => string
  /** 29 Nov 04:07 – 04:10, of one day, or with both days. */
  span: (from: string, to: string) => string
  /** The label of a place on an axis, ms since the epoch, whose ticks are this many seconds apart. */
  tick: (ms: number, stepSeconds: number) => string
}

const MINUTE_MS = 60_000
const DAY_SECONDS = 86_400
const LOCAL = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The formats of the reader's zone. */
export function useTimeFormat(): TimeFormat {
  return FORMATS[usePreferences().zone]
}

const FORMATS: Readonly<Record<Preferences['zone'], TimeFormat>> = {
  local: formatIn(LOCAL),
  utc: formatIn('UTC'),
}

function formatIn(timeZone: string): TimeFormat {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' })
  const short = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  const minute = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' })
  const date = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' })
  return {
    zone: timeZone,
    full: guard((at) => `${day.format(at)} ${time.format(at)}.${milliseconds(at)}`),
    clock: guard((at) => time.format(at)),
    short: guard((at) => short.format(at).replace(',', '')),
    second: guard((at) => `${date.format(at)} ${time.format(at)}`),
    span: (from, to) => {
      const [begin, end] = [new Date(from), new Date(to)]
      if (!isTime(begin) || !isTime(end)) return '–'
      // A stretch below a minute needs its seconds.
      const clock = Number(end) - Number(begin) < MINUTE_MS ? time : minute
      const sameDay = date.format(begin) === date.format(new Date(Number(end) - 1))
      const last = sameDay ? clock.format(end) : `${date.format(end)} ${clock.format(end)}`
      return `${date.format(begin)} ${clock.format(begin)} – ${last}`
    },
    tick: (ms, stepSeconds) => {
      const at = new Date(ms)
      const words = minute.format(at)
      if (stepSeconds >= DAY_SECONDS || words === '00:00') return date.format(at)
      return stepSeconds >= 60 ? words : time.format(at)
    },
  }
}

function isTime(date: Date): boolean {
  return Number.isFinite(date.getTime())
}

function guard(format: (date: Date) => string): (iso: string) => string {
  return (iso) => {
    const date = new Date(iso)
    return isTime(date) ? format(date) : '–'
  }
}

function milliseconds(date: Date): string {
  return String(date.getUTCMilliseconds()).padStart(3, '0')
}

/** 10 s · 5 min · 3 h · 7 d */
export function formatBucket(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
