/** The units of charts: how a value reads, and the steps of an axis. */
import { formatBytes, formatCount, formatFrequency, formatMs, formatRate, formatUsd } from '../../format.ts'

export const UNITS = ['count', 'share', 'frequency', 'ms', 'bytes', 'nanoUsd'] as const
/** `share` is 0–1, `frequency` is per second, `nanoUsd` is 10⁻⁹ USD. */
export type Unit = (typeof UNITS)[number]

const FORMATS: Readonly<Record<Unit, (value: number | null) => string>> = {
  count: formatCount,
  share: formatRate,
  frequency: formatFrequency,
  ms: formatMs,
  bytes: formatBytes,
  nanoUsd: formatUsd,
}

/** Such as `1.5 s`; `–` where there is no value. */
export function formatUnit(unit: Unit, value: number | null): string {
  return FORMATS[unit](value)
}

/** As `formatUnit`, without digits that a round number does not need. */
export function formatTick(unit: Unit, value: number): string {
  return formatUnit(unit, value).replace(/\.0+(?=\s|$)/u, '')
}

/** The top of an axis from 0 that leaves a little room above `greatest`. */
export function axisTop(unit: Unit, greatest: number): number {
  if (unit === 'share') return 1
  return greatest > 0 ? greatest * 1.08 : 1
}

const DECADES = [1, 2, 5]
const BINARY = Array.from({ length: 50 }, (_, power) => 2 ** power)
const DECIMAL = Array.from({ length: 22 }, (_, power) =>
  DECADES.map((step) => Number(`${step}e${power - 4}`)),
).flat()

/** Steps between the ticks of an axis, ascending. */
export function axisSteps(unit: Unit): number[] {
  if (unit === 'bytes') return BINARY
  return unit === 'count' ? DECIMAL.filter((step) => step >= 1) : DECIMAL
}
