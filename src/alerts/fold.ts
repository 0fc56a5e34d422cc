/** A rule over windows that follow one another: pure, and the same for the evaluator and for dry runs. */
import type { NotificationKind } from '../metadata/alert-notifications.ts'
import { levelsOf, type Condition } from './conditions.ts'
import { judge } from './judge.ts'
import { isCounted } from './measures.ts'
import type { GroupReadings, Reading } from './readings.ts'
import type { AlertKey, AlertRule } from './rule.ts'
import { step, type AlertState, type Level, type Observation, type Transition } from './state-machine.ts'

/** An alert that has not ended. */
export interface OpenAlert {
  id: string
  key: AlertKey
  state: AlertState
}

/** What a window showed of a group, kept in the history. */
export interface GroupEvaluation extends Observation {
  key: AlertKey
  transition: Transition
  /** The alert that the group has, or had until this window. */
  alertId: string | null
  isFiring: boolean
}

/** One window of a rule. */
export interface Evaluation {
  /** End of the window, ms since the epoch. */
  end: number
  groups: readonly GroupEvaluation[]
}

/** A message for the channels of a rule. */
export interface Notice {
  alertId: string
  key: AlertKey
  kind: NotificationKind
  end: number
  /** The alert as it is, or as it was before it ended. */
  state: AlertState
}

/** An alert that began, went on or ended in the windows. */
export interface ChangedAlert extends OpenAlert {
  /** End of the window in which it ended, ms since the epoch; null while it has not. */
  endedAt: number | null
}

export interface Folded {
  evaluations: readonly Evaluation[]
  alerts: readonly ChangedAlert[]
  notices: readonly Notice[]
}

export interface FoldOptions {
  /** Ends of the windows, ms since the epoch, oldest first. */
  ends: readonly number[]
  open: readonly OpenAlert[]
  isQuiet: (key: AlertKey, end: number) => boolean
  newId: () => string
}

/** Takes the readings of every window in turn. Groups without readings have no executions. */
export function fold(rule: AlertRule, groups: readonly GroupReadings[], options: FoldOptions): Folded {
  const readings = new Map(groups.map((group) => [nameOf(group.key), group]))
  for (const { key } of options.open)
    if (!readings.has(nameOf(key))) readings.set(nameOf(key), { key, readings: [] })
  const going: Going = {
    alerts: new Map(options.open.map((alert) => [nameOf(alert.key), alert])),
    ended: [],
    notices: [],
  }
  const evaluations = options.ends.map((end, index): Evaluation => {
    const evaluated = [...readings.values()].map(({ key, readings: own }) =>
      advance(rule, going, {
        key,
        reading: own[index] ?? withoutExecutions(rule.condition),
        end,
        ...options,
      }),
    )
    return { end, groups: evaluated }
  })
  const alerts = [...going.alerts.values()].map((alert) => Object.assign({ endedAt: null }, alert))
  return { evaluations, alerts: [...going.ended, ...alerts], notices: going.notices }
}

interface Going {
  /** By the name of their group. */
  alerts: Map<string, OpenAlert>
  ended: ChangedAlert[]
  notices: Notice[]
}

interface Window extends Pick<FoldOptions, 'isQuiet' | 'newId'> {
  key: AlertKey
  reading: Reading
  end: number
}

/** One group through one window. */
function advance(rule: AlertRule, going: Going, window: Window): GroupEvaluation {
  const { key, reading, end } = window
  const before = going.alerts.get(nameOf(key)) ?? null
  const observation = observe(rule, reading, before?.state ?? null)
  const moment = { at: new Date(end).toISOString(), isQuiet: window.isQuiet(key, end) }
  const { state, transition, notify } = step(before?.state ?? null, observation, policyOf(rule), moment)
  const id = before?.id ?? (state === null ? null : window.newId())
  if (id !== null) {
    const { value, reason } = observation
    const last = state ?? before?.state
    if (state === null) going.alerts.delete(nameOf(key))
    else going.alerts.set(nameOf(key), { id, key, state })
    if (last !== undefined) {
      const shown = { ...last, value, reason }
      if (state === null) going.ended.push({ id, key, state: shown, endedAt: end })
      if (notify !== null) going.notices.push({ alertId: id, key, kind: notify, end, state: shown })
    }
  }
  return { key, ...observation, transition, alertId: id, isFiring: state?.phase === 'firing' }
}

/** The name of a group: equal for equal values. */
export function nameOf(key: AlertKey): string {
  return JSON.stringify(Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function policyOf({ breaches, renotifySeconds }: AlertRule) {
  return { breaches, renotifySeconds: renotifySeconds ?? null }
}

function observe(rule: AlertRule, reading: Reading, state: AlertState | null): Observation {
  const least = minimumOf(rule)
  if (reading.kind === 'observation') {
    const { kind: _, ...observation } = reading
    const { level, count, reason } = observation
    const breaches = level === 'warning' || level === 'critical'
    if (!breaches || count === null || count >= least) return observation
    return {
      ...observation,
      level: 'unknown',
      reason: `${reason}, but over ${count} executions of at least ${least}`,
    }
  }
  const levels = levelsOf(rule.condition) ?? { direction: 'above' }
  const lastLevel: Level | null = state?.levels.at(-1) ?? null
  return judge(reading, { levels, minimumCount: least, noData: rule.noData, lastLevel })
}

/** Counts and events need no minimum. */
function minimumOf({ condition, minimumCount }: AlertRule): number {
  if (condition.kind === 'threshold') return isCounted(condition.measure) ? 0 : minimumCount
  return NEEDS_MINIMUM.has(condition.kind) ? minimumCount : 0
}

const NEEDS_MINIMUM: ReadonlySet<Condition['kind']> = new Set([
  'ratio',
  'percentile',
  'change',
  'burn_rate',
] as const)

function withoutExecutions(condition: Condition): Reading {
  const words = 'no executions'
  if (condition.kind === 'absence')
    return { kind: 'observation', level: condition.severity, value: 0, count: 0, reason: words }
  if (levelsOf(condition) !== null && condition.kind !== 'pipeline')
    return { kind: 'sample', value: null, count: 0, words }
  return { kind: 'observation', level: 'ok', value: null, count: 0, reason: words }
}
