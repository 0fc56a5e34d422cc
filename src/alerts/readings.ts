/** What the windows of a rule show, from sums of slots: one reading for each group and window. */
import { levelsOf, type Condition, type ConditionOf } from './conditions.ts'
import { hours, isCounted, number, percent, SHARE_PARTS, SHARE_WORDS, valueOf } from './measures.ts'
import type { AlertKey, AlertRule } from './rule.ts'
import type { SlotSums, Sums } from '../store/queries/alert-figures.ts'
import { slidingSums, type Ends } from './sliding.ts'
import type { Sample } from './judge.ts'
import type { Level, Observation } from './state-machine.ts'

/** A value that is judged by the levels of the rule, or what has a level already. */
export type Reading = ({ kind: 'sample' } & Sample) | ({ kind: 'observation' } & Observation)

/** Readings of one group, one for each window in the order of their ends. */
export interface GroupReadings {
  key: AlertKey
  readings: readonly Reading[]
}

/** How many windows before its own a group is remembered in, where its silence is a breach. */
const REMEMBERED = 12

/** What a rule looks at before the end of a window, seconds. */
export function lookbackOf({ condition, windowSeconds, groupBy, noData }: AlertRule): number {
  if (condition.kind === 'burn_rate') return Math.max(...condition.pairs.map((pair) => pair.longSeconds))
  if (groupBy.length > 0 && (condition.kind === 'absence' || noData === 'alert'))
    return windowSeconds * (REMEMBERED + 1)
  return condition.kind === 'change' ? 2 * windowSeconds : windowSeconds
}

/** Readings of each group with executions in the lookback, and of the one group of a rule without groups. */
export function readSlots(rule: AlertRule, slots: readonly SlotSums[], ends: Ends): GroupReadings[] {
  return groupSlots(rule, slots).map(({ key, slots: own }) => ({
    key,
    readings: readGroup(
      rule,
      (seconds, end = ends) => slidingSums(own, end, seconds / rule.everySeconds),
      ends,
    ),
  }))
}

/** The slots by group; a rule without groups has one, with or without executions. */
function groupSlots(
  { groupBy }: Pick<AlertRule, 'groupBy'>,
  slots: readonly SlotSums[],
): { key: AlertKey; slots: SlotSums[] }[] {
  const groups = new Map<string, { key: AlertKey; slots: SlotSums[] }>()
  if (groupBy.length === 0) groups.set('[]', { key: {}, slots: [] })
  for (const slot of slots) {
    const name = JSON.stringify(slot.key)
    const group = groups.get(name) ?? { key: keyOf(groupBy, slot.key), slots: [] }
    group.slots.push(slot)
    groups.set(name, group)
  }
  return [...groups.values()]
}

/** The group of a row. */
export function keyOf(groupBy: AlertRule['groupBy'], values: readonly (string | null)[]): AlertKey {
  return Object.fromEntries(groupBy.map((field, index) => [field, values[index] ?? null]))
}

/** Sums of windows of a length, seconds, that end at `ends` of the rule or at others. */
type SumsOf = (seconds: number, ends?: Ends) => Sums[]

function readGroup(
  { condition, windowSeconds, everySeconds }: AlertRule,
  sumsOf: SumsOf,
  ends: Ends,
): Reading[] {
  if (condition.kind === 'burn_rate') return readBurnRate(condition, sumsOf)
  const now = sumsOf(windowSeconds)
  if (condition.kind !== 'change') return now.map((sums) => readWindow(condition, sums))
  const before = sumsOf(windowSeconds, { ...ends, first: ends.first - windowSeconds / everySeconds })
  return now.map((sums, index) => readChange(condition, sums, before[index] ?? sums))
}

function readWindow(condition: Exclude<Condition, { kind: 'burn_rate' | 'change' }>, sums: Sums): Reading {
  const { count } = sums
  if (condition.kind === 'ratio') {
    const { part, of } = SHARE_PARTS[condition.share]
    const value = sums[of] === 0 ? null : sums[part] / sums[of]
    const words = `${sums[part]} of ${sums[of]} executions are ${SHARE_WORDS[condition.share]} (${percent(value)})`
    return { kind: 'sample', value, count, sampleCount: sums[of], words }
  }
  if (condition.kind === 'absence') {
    const level: Level = count === 0 ? condition.severity : 'ok'
    const reason = count === 0 ? 'no executions in the window' : `${count} executions in the window`
    return { kind: 'observation', level, value: count, count, reason }
  }
  const measure = condition.kind === 'threshold' ? condition.measure : 'count'
  const value = valueOf(measure, sums)
  // Few of something are worst where there are none.
  const isData = isCounted(measure) && levelsOf(condition)?.direction === 'below'
  return {
    kind: 'sample',
    value,
    count,
    isData,
    words: `${measure} is ${number(value)} over ${count} executions`,
  }
}

function readChange({ measure }: ConditionOf<'change'>, sums: Sums, before: Sums): Reading {
  const of = (given: Sums): number | null => {
    if (measure !== 'failureRate') return valueOf(measure, given)
    return given.count === 0 ? null : given.failures / given.count
  }
  const [now, was] = [of(sums), of(before)]
  // A change from nothing is measured from one execution.
  const least = measure === 'failureRate' ? 1 / Math.max(1, before.count) : isCounted(measure) ? 1 : 0
  const base = was === null ? 0 : Math.max(was, least)
  const value = now === null || base === 0 ? null : now / base - 1
  const words = `${measure} is ${number(now)} after ${number(was)} in the window before (${percent(value)})`
  if (value === null && sums.count > 0)
    return { kind: 'observation', level: 'unknown', value: null, count: sums.count, reason: words }
  // From something to nothing is a change too.
  const count = Math.max(sums.count, before.count)
  const sampleCount = isCounted(measure) ? count : Math.min(sums.count, before.count)
  return { kind: 'sample', value, count, sampleCount, words }
}

/** Both windows of a pair burn the budget at its factor: long for significance, short for recovery. */
function readBurnRate({ objective, pairs }: ConditionOf<'burn_rate'>, sumsOf: SumsOf): Reading[] {
  const burnOf = ({ count, failures }: Sums): number => (count === 0 ? 0 : failures / count / (1 - objective))
  const windows = pairs.map((pair) => ({
    pair,
    long: sumsOf(pair.longSeconds),
    short: sumsOf(pair.shortSeconds),
  }))
  const ends = windows[0]?.long.length ?? 0
  return Array.from({ length: ends }, (_, index): Reading => {
    const states = windows.map(({ pair, long, short }) => {
      const [wide, narrow] = [long[index], short[index]]
      const burns = wide === undefined || narrow === undefined ? 0 : Math.min(burnOf(wide), burnOf(narrow))
      return { pair, burns, count: wide?.count ?? 0, breaches: burns >= pair.factor }
    })
    const [worst] = states.toSorted((a, b) => b.burns / b.pair.factor - a.burns / a.pair.factor)
    const breaching = states.filter(({ breaches }) => breaches)
    const severity = breaching.some(({ pair }) => pair.severity === 'critical') ? 'critical' : 'warning'
    const { burns = 0, count = 0, pair } = worst ?? {}
    const reason = `the error budget burns at ${burns.toFixed(1)} times its rate over ${hours(pair?.longSeconds)} and ${hours(pair?.shortSeconds)}, ${breaching.length > 0 ? 'at or over' : 'under'} ${pair?.factor ?? 0}`
    return {
      kind: 'observation',
      level: breaching.length > 0 ? severity : 'ok',
      value: burns,
      count: Math.max(count, ...breaching.map((state) => state.count)),
      reason,
    }
  })
}
