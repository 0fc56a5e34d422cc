/** Values of a window from its sums, and how they are shown. */
import { SUM_NAMES, type SumName, type Sums } from '../store/queries/alert-figures.ts'
import type { Measure, Share } from './conditions.ts'

/** The part of the executions that a share counts, and what it is a part of. */
export const SHARE_PARTS: Readonly<Record<Share, { part: SumName; of: SumName }>> = {
  failures: { part: 'failures', of: 'count' },
  timeouts: { part: 'timeouts', of: 'count' },
  limits: { part: 'limits', of: 'count' },
  errors: { part: 'errors', of: 'count' },
  cancellations: { part: 'cancellations', of: 'count' },
  invalid: { part: 'invalid', of: 'validations' },
}
export const SHARE_WORDS: Readonly<Record<Share, string>> = {
  failures: 'without success',
  timeouts: 'timeouts',
  limits: 'over a limit',
  errors: 'errors of the runtime',
  cancellations: 'cancelled',
  invalid: 'not valid',
}

const COUNTED: ReadonlySet<string> = new Set(['count', 'failures', 'timeouts', 'costNanoUsd', 'tokens'])

/** True for counts and sums, which one execution is enough for. */
export function isCounted(measure: string): boolean {
  return COUNTED.has(measure)
}

export function valueOf(measure: Measure, sums: Sums): number | null {
  const average = AVERAGES.get(measure)
  if (average === undefined) return sums[SUM_NAMES.find((name) => name === measure) ?? 'count']
  return sums[average.over] === 0 ? null : sums[average.sum] / sums[average.over]
}

const AVERAGES: ReadonlyMap<string, { sum: SumName; over: SumName }> = new Map([
  ['avgDurationMs', { sum: 'durationMs', over: 'count' }],
  ['avgQueueMs', { sum: 'queueMs', over: 'count' }],
  ['avgStartupMs', { sum: 'startupMs', over: 'count' }],
  ['avgMemoryPeakBytes', { sum: 'memoryPeakBytes', over: 'memoryCount' }],
])

export function number(value: number | null): string {
  return value === null ? 'unknown' : String(Math.round(value * 1000) / 1000)
}

export function percent(value: number | null): string {
  return value === null ? 'unknown' : `${(value * 100).toFixed(1)} %`
}

export function hours(seconds = 0): string {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds / 60} min`
}
