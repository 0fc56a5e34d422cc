/** Times without notifications: the mutes of a rule, and silences. */
import { LRUCache } from 'lru-cache'
import type { AlertKey, Mute } from './rule.ts'

/** A silence of one rule, or of all of a tenant, narrowed by values of the group. */
export interface SilenceMatch {
  ruleId: string | null
  /** Values that the alert's group must have. */
  matches: AlertKey
  /** ms since the epoch */
  startsAt: number
  endsAt: number
}

/** True where a silence covers an alert at a time. */
export function isSilenced(
  silences: readonly SilenceMatch[],
  { ruleId, key, at }: { ruleId: string; key: AlertKey; at: number },
): boolean {
  const group = new Map(Object.entries(key))
  return silences.some(
    (silence) =>
      silence.startsAt <= at &&
      at < silence.endsAt &&
      (silence.ruleId === null || silence.ruleId === ruleId) &&
      Object.entries(silence.matches).every(([name, value]) => group.get(name) === value),
  )
}

/** True where one of the mutes covers a time, ms since the epoch. */
export function isMuted(mutes: readonly Mute[], at: number): boolean {
  return mutes.some((mute) => covers(mute, at))
}

function covers({ days, from, to, timezone }: Mute, at: number): boolean {
  const { day, time, dayBefore } = localTime(at, timezone)
  const has = (name: string): boolean => days.some((one) => one === name)
  if (from <= to) return has(day) && from <= time && time < to
  return (has(day) && time >= from) || (has(dayBefore) && time < to)
}

/** To make one takes longer than to use it a hundred times, and a rule has its mutes asked for every group and window. */
const formats = new LRUCache<string, Intl.DateTimeFormat>({ max: 500 })

function formatOf(timezone: string): Intl.DateTimeFormat {
  const made = formats.get(timezone)
  if (made !== undefined) return made
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(timezone, format)
  return format
}

const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function localTime(at: number, timezone: string): { day: string; dayBefore: string; time: string } {
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const day = (parts.get('weekday') ?? '').toLowerCase()
  const dayBefore = WEEK[(WEEK.indexOf(day) + 6) % 7] ?? day
  return { day, dayBefore, time: `${parts.get('hour')}:${parts.get('minute')}` }
}
