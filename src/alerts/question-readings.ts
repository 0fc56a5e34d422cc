/** Asks the store what the windows of rules show. Rules with the same question share it. */
import type { Store } from '../store/client.ts'
import {
  ALERT_GROUPS_MAX,
  getPercentiles,
  getSlotSums,
  type SlotQuery,
} from '../store/queries/alert-figures.ts'
import type { Scope } from '../store/scope.ts'
import type { ConditionOf } from './conditions.ts'
import { number } from './measures.ts'
import { keyOf, lookbackOf, readSlots, type GroupReadings, type Reading } from './readings.ts'
import { filterOf, type AlertRule } from './rule.ts'
import type { Ends } from './sliding.ts'

/** A rule, and whose executions it is about. */
export interface ScopedRule {
  /** Of a rule that is stored. */
  id?: string
  rule: AlertRule
  scope: Scope
}

/** Windows of rules with one interval. */
export interface AskedWindows {
  everySeconds: number
  /** End of the first window, ms since the epoch, and how many follow one another. */
  firstEnd: number
  count: number
  /** Groups of a rule, at most: those with the most executions. @default 200 */
  groupsMax?: number
}

/** Questions that are asked at once. */
const PARALLEL = 4

/** Readings of each rule whose windows are over executions, in the order of the rules. */
export async function askStore(
  store: Store,
  rules: readonly ScopedRule[],
  windows: AskedWindows,
): Promise<GroupReadings[][]> {
  const questions = new Map<string, ScopedRule[]>()
  for (const one of rules) {
    const name = JSON.stringify([one.scope, questionOf(one.rule)])
    questions.set(name, [...(questions.get(name) ?? []), one])
  }
  const found = new Map<ScopedRule, GroupReadings[]>()
  const waiting = [...questions.values()]
  const work = async (): Promise<void> => {
    for (let same = waiting.pop(); same !== undefined; same = waiting.pop())
      for (const [one, readings] of await askTogether(store, same, windows)) found.set(one, readings)
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return rules.map((one) => found.get(one) ?? [])
}

/** What makes a question of its own; a percentile is one too. */
function questionOf({ condition, filter, groupBy, attempts, windowSeconds }: AlertRule): unknown {
  const own = condition.kind === 'percentile' ? [condition.measure, condition.percentile, windowSeconds] : []
  return [filter, groupBy, attempts, own]
}

async function askTogether(
  store: Store,
  same: readonly ScopedRule[],
  windows: AskedWindows,
): Promise<[ScopedRule, GroupReadings[]][]> {
  const [first] = same
  if (first === undefined) return []
  const ends = endsOf(windows)
  const lookback = Math.max(...same.map(({ rule }) => lookbackOf(rule)))
  const query = slotQuery(first, windows, lookback)
  const { condition } = first.rule
  if (condition.kind === 'percentile') {
    const groups = await askPercentile(store, { query, rule: first.rule, condition, ends })
    return same.map((one) => [one, groups])
  }
  const slots = await getSlotSums(store, query)
  return same.map((one) => [one, readSlots(one.rule, slots, ends)])
}

function slotQuery({ rule, scope }: ScopedRule, windows: AskedWindows, lookback: number): SlotQuery {
  const { firstEnd, count, everySeconds } = windows
  const lastEnd = firstEnd + (count - 1) * everySeconds * 1000
  const from = Math.max(0, firstEnd - lookback * 1000)
  return {
    scope,
    window: { from: new Date(from).toISOString(), to: new Date(lastEnd).toISOString() },
    filter: filterOf(rule),
    groupBy: rule.groupBy,
    attempts: rule.attempts,
    slotSeconds: everySeconds,
    groupsMax: windows.groupsMax ?? ALERT_GROUPS_MAX,
  }
}

function endsOf({ firstEnd, count, everySeconds }: AskedWindows): Ends {
  return { first: Math.round(firstEnd / (everySeconds * 1000)), count }
}

interface AskedPercentile {
  query: SlotQuery
  rule: AlertRule
  condition: ConditionOf<'percentile'>
  ends: Ends
}

async function askPercentile(
  store: Store,
  { query, rule, condition, ends }: AskedPercentile,
): Promise<GroupReadings[]> {
  const found = await getPercentiles(store, {
    ...query,
    measure: condition.measure,
    percentile: condition.percentile,
    slots: rule.windowSeconds / rule.everySeconds,
    firstEnd: ends.first,
    ends: ends.count,
  })
  const groups = new Map<string, { key: GroupReadings['key']; readings: Reading[] }>()
  const empty = (): Reading[] =>
    Array.from({ length: ends.count }, () => ({
      kind: 'sample',
      value: null,
      count: 0,
      words: 'no executions',
    }))
  if (rule.groupBy.length === 0) groups.set('[]', { key: {}, readings: empty() })
  for (const { key, index, ...figures } of found) {
    const name = JSON.stringify(key)
    const group = groups.get(name) ?? { key: keyOf(rule.groupBy, key), readings: empty() }
    const words = `p${condition.percentile} of ${condition.measure} is ${number(figures.value)} over ${figures.sampleCount} executions`
    group.readings[index] = { kind: 'sample', ...figures, words }
    groups.set(name, group)
  }
  return [...groups.values()]
}
