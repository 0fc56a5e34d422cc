/** What a rule would have done over past windows, by the code that evaluates it. Nothing is kept and no notification is sent. */
import type { Scope } from '../store/scope.ts'
import { fold, type Folded } from './fold.ts'
import { summarize } from './history.ts'
import { USUAL_DELAY_SECONDS } from './late-rows.ts'
import { isMuted } from './mute.ts'
import { readPast } from './past-readings.ts'
import type { AlertSources } from './read-rules.ts'
import { windowLengths, type AlertKey, type AlertRule } from './rule.ts'
import type { Severity } from './conditions.ts'

export const DRY_RUN_RANGES = { '24h': 86_400, '30d': 30 * 86_400 } as const
export type DryRunRange = keyof typeof DRY_RUN_RANGES

/** Windows of which each is shown, at most; where there are more, each point is the worst of several. */
const POINTS_MAX = 720
/** Windows of one percentile that overlap, at most: each execution is read once for each of them. */
const OVERLAP_MAX = 12
const ALERTS_SHOWN = 200
/** Groups with the most executions, and their windows, at most. */
const GROUPS_MAX = 25
const GROUPED_WINDOWS_MAX = 8_640

export interface DryRun {
  window: { from: string; to: string }
  /** Interval of the windows: that of the rule, or a longer one where that would be too many. */
  everySeconds: number
  windows: number
  firing: number
  unknown: number
  /** Messages that each channel would have got. Of a rule with groups, the 25 with the most executions are tried. */
  notifications: number
  points: readonly { at: string; value: number | null; count: number | null; state: string; reason: string }[]
  /** The first, at most 200, of `alertCount`. */
  alerts: readonly {
    group: AlertKey
    severity: Severity
    since: string
    firedAt: string | null
    endedAt: string | null
    reason: string
  }[]
  alertCount: number
}

/**
 * Evaluates a rule over the past.
 * @param now ms since the epoch
 * @throws {ExectrailError} `query_refused` for a rule of which no past is kept; `not_found` for a budget that is not there
 */
export async function dryRun(
  sources: AlertSources,
  { rule: given, scope }: { rule: AlertRule; scope: Scope },
  range: DryRunRange,
  now: number,
): Promise<DryRun> {
  const rule = { ...given, everySeconds: intervalOf(given, range) }
  const windows = { ...windowsOf(rule, range, now), groupsMax: GROUPS_MAX }
  const every = rule.everySeconds * 1000
  const readings = await readPast(sources, { rule, scope }, windows)
  let alertNumber = 0
  const folded = fold(rule, readings, {
    ends: Array.from({ length: windows.count }, (_, index) => windows.firstEnd + index * every),
    open: [],
    isQuiet: (_, end) => isMuted(rule.mute, end),
    newId: () => String((alertNumber += 1)),
  })
  const last = windows.firstEnd + (windows.count - 1) * every
  return {
    window: { from: new Date(windows.firstEnd - every).toISOString(), to: new Date(last).toISOString() },
    everySeconds: rule.everySeconds,
    windows: windows.count,
    ...describe(folded),
  }
}

function windowsOf(
  { everySeconds, delaySeconds = USUAL_DELAY_SECONDS }: AlertRule,
  range: DryRunRange,
  now: number,
) {
  const every = everySeconds * 1000
  const last = Math.floor((now - delaySeconds * 1000) / every) * every
  const count = Math.floor((DRY_RUN_RANGES[range] * 1000) / every)
  return { everySeconds, firstEnd: last - (count - 1) * every, count }
}

function describe(folded: Folded): Omit<DryRun, 'window' | 'everySeconds' | 'windows'> {
  const points = folded.evaluations.map(summarize)
  const fired = folded.alerts.filter(({ state }) => state.firedAt !== null)
  return {
    firing: points.filter(({ state }) => state === 'firing').length,
    unknown: points.filter(({ state }) => state === 'unknown').length,
    notifications: folded.notices.length,
    points: thin(points),
    alerts: fired
      .toSorted((a, b) => (a.state.since < b.state.since ? -1 : 1))
      .slice(0, ALERTS_SHOWN)
      .map(({ key, endedAt, state: { severity, since, firedAt, reason } }) => ({
        group: key,
        severity,
        since,
        firedAt,
        endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
        reason,
      })),
    alertCount: fired.length,
  }
}

/** A percentile of overlapping windows reads each execution for each of them; groups multiply what is kept in memory. */
function intervalOf(
  { condition, windowSeconds, everySeconds, groupBy }: AlertRule,
  range: DryRunRange,
): number {
  const overlap = windowSeconds / everySeconds
  const windows = DRY_RUN_RANGES[range] / everySeconds
  const least = Math.max(
    condition.kind === 'percentile' ? overlap / OVERLAP_MAX : 1,
    groupBy.length > 0 || condition.kind === 'error_group' ? windows / GROUPED_WINDOWS_MAX : 1,
  )
  const steps = Array.from({ length: overlap }, (_, index) => index + 1).filter(
    (step) => overlap % step === 0,
  )
  const fits = (step: number): boolean =>
    windowLengths(condition, windowSeconds).every((length) => length % (step * everySeconds) === 0)
  return everySeconds * (steps.find((step) => step >= least && fits(step)) ?? 1)
}

const STATE_RANKS: readonly string[] = ['ok', 'unknown', 'pending', 'firing']

/** The worst window of each stretch. */
function thin(points: readonly ReturnType<typeof summarize>[]): DryRun['points'] {
  const length = Math.max(1, Math.ceil(points.length / POINTS_MAX))
  return Array.from({ length: Math.ceil(points.length / length) }, (_, index) => {
    const stretch = points.slice(index * length, (index + 1) * length)
    const [worst] = stretch.toSorted((a, b) => STATE_RANKS.indexOf(b.state) - STATE_RANKS.indexOf(a.state))
    const { windowEnd = '', value = null, sampleCount = null, state = 'ok', reason = '' } = worst ?? {}
    return { at: windowEnd, value, count: sampleCount, state, reason }
  })
}
