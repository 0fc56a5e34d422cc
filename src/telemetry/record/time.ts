/** Times of the record, ISO 8601 UTC with up to nine fractional digits, as OpenTelemetry takes them. */
import type { HrTime } from '@opentelemetry/api'

/** The last time asked for: one execution asks for its start several times. */
let last: { iso: string; time: [number, number] } = { iso: '', time: [0, 0] }

/** Seconds and nanoseconds since the epoch; the epoch itself for a text that is no time. */
export function toHrTime(iso: string): [number, number] {
  if (last.iso !== iso) last = { iso, time: parseTime(iso) }
  return last.time
}

function parseTime(iso: string): [number, number] {
  const ms = Date.parse(`${iso.slice(0, 19)}Z`)
  if (!(ms > 0)) return [0, 0]
  const fraction = iso.slice(20).replace('Z', '').slice(0, 9).padEnd(9, '0')
  return [ms / 1000, Number(fraction) || 0]
}

/** Nanoseconds since the epoch, decimal. */
export function nanosOf([seconds, nanoseconds]: HrTime): string {
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`
}

export function secondsBetween(fromIso: string, toIso: string): number {
  const [from, to] = [toHrTime(fromIso), toHrTime(toIso)]
  return Math.max(0, to[0] - from[0] + (to[1] - from[1]) / 1e9)
}
