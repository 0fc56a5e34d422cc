/** What is kept of the windows of a rule. */
import type { EvaluationState, StoredEvaluation } from '../metadata/alert-evaluations.ts'
import type { Evaluation, Folded, GroupEvaluation } from './fold.ts'
import type { Due } from './windows.ts'

/** Groups of a window that are kept: those that need attention most. */
const GROUPS_KEPT = 20

type NewEvaluation = Omit<StoredEvaluation, 'evaluatedAt'>

/** The windows of a rule, with the group of each that needs attention most. */
export function toEvaluations(ruleId: string, { evaluations }: Folded): NewEvaluation[] {
  return evaluations.map((evaluation) => ({ ruleId, ...summarize(evaluation) }))
}

/** One window in short, as it is kept and as a dry run shows it. */
export function summarize({ end, groups }: Evaluation): Omit<NewEvaluation, 'ruleId'> {
  const ranked = groups.toSorted((a, b) => rankOf(b) - rankOf(a) || (b.value ?? 0) - (a.value ?? 0))
  const [worst] = ranked
  return {
    windowEnd: new Date(end).toISOString(),
    state: stateOf(groups),
    value: finite(worst?.value),
    sampleCount: finite(worst?.count),
    reason: worst?.reason ?? 'no executions in any group',
    groups: ranked.slice(0, GROUPS_KEPT).map(({ key, level, value, count, reason, transition, alertId }) => ({
      key,
      level,
      value: finite(value),
      count: finite(count),
      reason,
      transition,
      alertId,
    })),
  }
}

/** The windows that were too long ago, as one. */
export function skippedOf(ruleId: string, { ends, skipped }: Due): NewEvaluation[] {
  const [first] = ends
  if (skipped === 0 || first === undefined) return []
  const reason = `${skipped} windows before were missed too long ago to be evaluated`
  const windowEnd = new Date(first - 1).toISOString()
  return [{ ruleId, windowEnd, state: 'skipped', value: null, sampleCount: null, reason, groups: [] }]
}

const RANKS: Readonly<Record<GroupEvaluation['level'], number>> = {
  critical: 4,
  warning: 3,
  held: 2,
  unknown: 1,
  ok: 0,
}

function rankOf({ level, alertId, transition }: GroupEvaluation): number {
  return RANKS[level] + (alertId === null ? 0 : 10) + (transition === 'none' ? 0 : 20)
}

/** A group has an alert after the window unless its alert ended in it. */
function stateOf(groups: readonly GroupEvaluation[]): EvaluationState {
  const open = groups.filter(
    ({ alertId, transition }) => alertId !== null && transition !== 'resolved' && transition !== 'cleared',
  )
  if (open.some(({ isFiring }) => isFiring)) return 'firing'
  if (open.length > 0) return 'pending'
  return groups.length > 0 && groups.every(({ level }) => level === 'unknown') ? 'unknown' : 'ok'
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null
}
