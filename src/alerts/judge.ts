/** What a value says under the levels of a rule. */
import type { Levels, Severity } from './conditions.ts'
import type { Level, Observation } from './state-machine.ts'

/** A value of a window and the executions it is over. */
export interface Sample {
  value: number | null
  /** Executions in the window. */
  count: number
  /** Executions that decide whether there are enough, where these are not all of the window. */
  sampleCount?: number
  /** True: a window without executions has this value too. */
  isData?: boolean
  /** The value as it is shown, such as `p95 of durationMs is 1200`. */
  words: string
}

export interface Judgement {
  levels: Levels
  /** 1: one execution is enough, as for counts. */
  minimumCount: number
  noData: 'ok' | 'alert' | 'keep' | 'last'
  /** Level of the window before, which `last` takes. */
  lastLevel: Level | null
}

/**
 * Judges a sample. Too few executions cannot fire an alert, nor keep one from ending when they are fine.
 */
export function judge(sample: Sample, { levels, minimumCount, noData, lastLevel }: Judgement): Observation {
  const { value, count, words } = sample
  if (value === null || (count === 0 && sample.isData !== true))
    return withoutData(count, { levels, noData, lastLevel })
  const level = compare(value, levels)
  const enough = (sample.sampleCount ?? count) >= minimumCount
  if (!enough && level !== 'ok') {
    const few = `${words}, but over ${sample.sampleCount ?? count} executions of at least ${minimumCount}`
    return { level: 'unknown', value, count, reason: few }
  }
  return { level, value, count, reason: `${words}: ${describe(level, levels)}` }
}

/** The level of a value. */
export function compare(value: number, { direction, warning, critical, recovery }: Levels): Level {
  const reaches = (level: number | undefined): boolean =>
    level !== undefined && (direction === 'above' ? value >= level : value <= level)
  if (reaches(critical)) return 'critical'
  if (reaches(warning)) return 'warning'
  return recovery !== undefined && isShortOf(value, recovery, direction) ? 'held' : 'ok'
}

/** An alert ends at the recovery value and beyond it. */
function isShortOf(value: number, recovery: number, direction: Levels['direction']): boolean {
  return direction === 'above' ? value > recovery : value < recovery
}

function withoutData(
  count: number,
  { levels, noData, lastLevel }: Pick<Judgement, 'levels' | 'noData' | 'lastLevel'>,
): Observation {
  const severity: Severity = levels.critical === undefined ? 'warning' : 'critical'
  const byMode: Readonly<Record<Judgement['noData'], Level>> = {
    ok: 'ok',
    alert: severity,
    keep: 'unknown',
    last: lastLevel ?? 'ok',
  }
  return { level: byMode[noData], value: null, count, reason: `no executions: ${NO_DATA_WORDS[noData]}` }
}

const NO_DATA_WORDS: Readonly<Record<Judgement['noData'], string>> = {
  ok: 'taken as fine',
  alert: 'taken as a breach',
  keep: 'nothing changes',
  last: 'as the window before',
}

function describe(level: Level, { warning, critical, recovery }: Levels): string {
  if (level === 'critical') return `reaches critical ${critical}`
  if (level === 'warning') return `reaches warning ${warning}`
  if (level === 'held') return `not yet recovered to ${recovery}`
  return `within ${[warning, critical].filter((one) => one !== undefined).join(' and ')}`
}
