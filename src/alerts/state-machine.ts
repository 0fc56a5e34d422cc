/** The states of an alert: pure functions from the state before and what a window shows to the state after. */
import type { NotificationKind } from '../metadata/alert-notifications.ts'
import type { Severity } from './conditions.ts'

/**
 * What a window shows. `held`: no breach, but not beyond the recovery value either. `unknown`: no evidence, so that an alert
 * stays as it is.
 */
export type Level = 'ok' | 'held' | Severity | 'unknown'

export interface Observation {
  level: Level
  value: number | null
  /** Executions that the value is over; null where it is over none. */
  count: number | null
  /** Why the level is what it is, in words. */
  reason: string
}

/** An alert that has not ended. Times are ISO 8601 UTC; all except `notifiedAt` are ends of windows. */
export interface AlertState {
  phase: 'pending' | 'firing'
  severity: Severity
  /** Of the last windows that show something, the newest last. */
  levels: readonly Level[]
  /** End of the first window that breached. */
  since: string
  firedAt: string | null
  value: number | null
  reason: string
  /** Severity that the channels know of; null: they know nothing of the alert. */
  notifiedSeverity: Severity | null
  notifiedAt: string | null
  acknowledged: boolean
}

export interface AlertPolicy {
  breaches: { count: number; of: number }
  /** Null: no reminders. */
  renotifySeconds: number | null
}

export interface Moment {
  /** End of the window. */
  at: string
  /** True while no notification is sent: during a silence or a mute. */
  isQuiet: boolean
}

export type Transition = 'none' | 'pending' | 'cleared' | 'fired' | 'escalated' | 'eased' | 'resolved'

export interface Step {
  /** Null: there is no alert, or it has ended. */
  state: AlertState | null
  transition: Transition
  notify: NotificationKind | null
}

const NOTHING: Step = { state: null, transition: 'none', notify: null }

/** The state after one more window. */
export function step(
  before: AlertState | null,
  observation: Observation,
  policy: AlertPolicy,
  moment: Moment,
): Step {
  if (before === null && !isBreach(observation.level)) return NOTHING
  const state = take(before ?? begin(moment), observation, policy)
  if (state.phase === 'pending') return whilePending(before, state, policy, moment)
  if (isOver(state.levels, policy)) {
    const notify = state.notifiedSeverity === null ? null : 'resolved'
    return { state: null, transition: 'resolved', notify }
  }
  return whileFiring(state, policy, moment)
}

function begin({ at }: Moment): AlertState {
  return {
    phase: 'pending',
    severity: 'warning',
    levels: [],
    since: at,
    firedAt: null,
    value: null,
    reason: '',
    notifiedSeverity: null,
    notifiedAt: null,
    acknowledged: false,
  }
}

/** Windows that show nothing are not remembered: they neither fire nor end an alert. */
function take(state: AlertState, { level, value, reason }: Observation, policy: AlertPolicy): AlertState {
  if (level === 'unknown') return state
  const levels = [...state.levels, level].slice(-policy.breaches.of)
  return { ...state, levels, value, reason }
}

function whilePending(
  before: AlertState | null,
  state: AlertState,
  policy: AlertPolicy,
  moment: Moment,
): Step {
  const severity = severityOf(state.levels, policy)
  if (severity !== null) {
    const fired = { ...state, phase: 'firing' as const, severity, firedAt: moment.at }
    return notifyIfDue(fired, 'fired', policy, moment)
  }
  if (!state.levels.some(isBreach)) return { state: null, transition: 'cleared', notify: null }
  return { state, transition: before === null ? 'pending' : 'none', notify: null }
}

function whileFiring(state: AlertState, policy: AlertPolicy, moment: Moment): Step {
  const severity = severityOf(state.levels, policy) ?? state.severity
  if (severity === state.severity) return notifyIfDue(state, 'none', policy, moment)
  const transition = severity === 'critical' ? 'escalated' : 'eased'
  return notifyIfDue({ ...state, severity }, transition, policy, moment)
}

/** An acknowledgement stops reminders, but not the news that it got worse. */
function notifyIfDue(state: AlertState, transition: Transition, policy: AlertPolicy, moment: Moment): Step {
  const notify = moment.isQuiet ? null : dueOf(state, policy, moment)
  if (notify === null) return { state, transition, notify }
  const notified = { notifiedSeverity: state.severity, notifiedAt: moment.at }
  return { state: { ...state, ...notified }, transition, notify }
}

function dueOf(
  { notifiedSeverity, notifiedAt, severity, acknowledged }: AlertState,
  { renotifySeconds }: AlertPolicy,
  { at }: Moment,
): NotificationKind | null {
  if (notifiedSeverity === null || notifiedAt === null) return 'firing'
  if (notifiedSeverity === 'warning' && severity === 'critical') return 'firing'
  if (renotifySeconds === null || acknowledged) return null
  return Date.parse(at) - Date.parse(notifiedAt) >= renotifySeconds * 1000 ? 'reminder' : null
}

/** The severity of enough of the last windows; null where too few of them breach. */
function severityOf(levels: readonly Level[], { breaches }: AlertPolicy): Severity | null {
  if (levels.filter((level) => level === 'critical').length >= breaches.count) return 'critical'
  return levels.filter(isBreach).length >= breaches.count ? 'warning' : null
}

/** As many windows in a row have recovered as it took to fire. */
function isOver(levels: readonly Level[], { breaches }: AlertPolicy): boolean {
  const last = levels.slice(-breaches.count)
  return last.length === breaches.count && last.every((level) => level === 'ok')
}

function isBreach(level: Level): level is Severity {
  return level === 'warning' || level === 'critical'
}
