/** Readings of past windows for dry runs: of the store, or of what is kept of the past where a kind is not over executions. */
import { periodAt } from '../cost/period.ts'
import { ExectrailError } from '../errors.ts'
import { pipelineValues } from '../metadata/alert-evaluations.ts'
import { budgetState } from '../metadata/budget-states.ts'
import { executionsOf } from '../service/keep-budgets.ts'
import { getSlotSums, type SlotSums } from '../store/queries/alert-figures.ts'
import type { ConditionOf } from './conditions.ts'
import { readFault } from './pipeline-probe.ts'
import type { AskedWindows, ScopedRule } from './question-readings.ts'
import { missingBudget, readRules, readShare, type AlertSources } from './read-rules.ts'
import type { GroupReadings, Reading } from './readings.ts'

/**
 * What the windows showed.
 * @throws {ExectrailError} `not_found` for a budget that is not there, `query_refused` where nothing is kept of the past
 */
export async function readPast(
  sources: AlertSources,
  one: ScopedRule,
  windows: AskedWindows,
): Promise<GroupReadings[]> {
  const { condition } = one.rule
  if (condition.kind === 'budget') return [await replayBudget(sources, one, condition, windows)]
  if (condition.kind === 'pipeline') return [await replayPipeline(sources, one, condition, windows)]
  const [readings = []] = await readRules(sources, [one], windows)
  return readings
}

/** What executions that began before each end had spent of the limit that the budget has now. */
async function replayBudget(
  { store, database }: AlertSources,
  { scope }: ScopedRule,
  { budget: id }: ConditionOf<'budget'>,
  windows: AskedWindows,
): Promise<GroupReadings> {
  const budget = await budgetState(database.queries, scope, id, windows.firstEnd)
  if (budget === null) throw missingBudget(id)
  const ends = endsOf(windows)
  const slots = await getSlotSums(store, {
    scope: { organizationId: budget.organizationId },
    window: {
      from: periodAt(budget.period, windows.firstEnd).from,
      to: new Date(ends.at(-1) ?? windows.firstEnd).toISOString(),
    },
    filter: executionsOf(budget),
    groupBy: [],
    attempts: 'all',
    slotSeconds: SLOT_SECONDS,
    groupsMax: 1,
  })
  const spent = spentBy(slots, ends, (end) => Date.parse(periodAt(budget.period, end).from))
  return { key: {}, readings: spent.map((nanoUsd) => readShare(nanoUsd / budget.limitNanoUsd)) }
}

/** Every end of a window and every begin of a period is a multiple of it. */
const SLOT_SECONDS = 60

/** The sum from the begin of the period of each end to that end. */
function spentBy(
  slots: readonly SlotSums[],
  ends: readonly number[],
  beginOf: (end: number) => number,
): number[] {
  const ordered = slots.toSorted((a, b) => a.slot - b.slot)
  let [next, begin, total] = [0, 0, 0]
  return ends.map((end) => {
    if (beginOf(end) !== begin) [begin, total] = [beginOf(end), 0]
    for (let slot = ordered[next]; slot !== undefined; slot = ordered[next]) {
      const at = slot.slot * SLOT_SECONDS * 1000
      if (at >= end) break
      if (at >= begin) total += slot.sums.costNanoUsd
      next += 1
    }
    return total
  })
}

/** What rules on the same fault with the same interval have seen: nothing else keeps the past of the pipeline. */
async function replayPipeline(
  { database }: AlertSources,
  { scope, rule: { everySeconds } }: ScopedRule,
  condition: ConditionOf<'pipeline'>,
  windows: AskedWindows,
): Promise<GroupReadings> {
  const ends = endsOf(windows)
  const { fault } = condition
  const seen = await pipelineValues(database.queries, scope, {
    fault,
    everySeconds,
    from: new Date(ends[0] ?? 0).toISOString(),
    to: new Date(ends.at(-1) ?? 0).toISOString(),
  })
  if (seen.size === 0)
    throw new ExectrailError(
      'query_refused',
      `there is no past to try a rule of kind pipeline on: no rule on ${fault} was evaluated every ${everySeconds} s`,
      {
        hint: 'Save the rule and switch it on: what it sees is kept, quiet windows for 3 days, others for 30.',
      },
    )
  const readings = ends.map((end) => {
    const value = seen.get(end)
    return value === undefined ? UNSEEN : readFault(condition, value)
  })
  return { key: {}, readings }
}

const UNSEEN: Reading = {
  kind: 'observation',
  level: 'unknown',
  value: null,
  count: null,
  reason: 'no rule on it was evaluated then, or what it saw is kept no longer',
}

function endsOf({ firstEnd, count, everySeconds }: AskedWindows): number[] {
  return Array.from({ length: count }, (_, index) => firstEnd + index * everySeconds * 1000)
}
