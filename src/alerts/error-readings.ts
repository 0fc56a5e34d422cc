/** Readings of rules about groups of errors: one for each fingerprint. */
import type { Database } from '../metadata/database.ts'
import { listErrors } from '../service/list-errors.ts'
import type { ErrorView } from '../service/error-view.ts'
import type { Store } from '../store/client.ts'
import type { ConditionOf } from './conditions.ts'
import type { AskedWindows, ScopedRule } from './question-readings.ts'
import type { GroupReadings, Reading } from './readings.ts'
import { filterOf } from './rule.ts'

const GROUPS_MAX = 200

/**
 * A group breaches in the window in which it is first seen or seen again after it was resolved, and does not recover while
 * it goes on being seen.
 */
export async function askErrors(
  { store, database }: { store: Store; database: Database },
  { rule, scope }: ScopedRule,
  condition: ConditionOf<'error_group'>,
  { firstEnd, count, everySeconds }: AskedWindows,
): Promise<GroupReadings[]> {
  const ends = Array.from({ length: count }, (_, index) => firstEnd + index * everySeconds * 1000)
  const window = {
    from: new Date(firstEnd - rule.windowSeconds * 1000).toISOString(),
    to: new Date(ends.at(-1) ?? firstEnd).toISOString(),
  }
  const groups = await listErrors(
    { store, metadata: { database }, scope },
    { window, filter: filterOf(rule), order: 'lastSeen', states: ['open', 'regressed'], limit: GROUPS_MAX },
  )
  return groups.map((group) => ({
    key: { errorFingerprint: group.fingerprint },
    readings: ends.map((end) => readGroup(group, condition, { end, lengthMs: rule.windowSeconds * 1000 })),
  }))
}

function readGroup(
  group: ErrorView,
  { states, severity }: ConditionOf<'error_group'>,
  { end, lengthMs }: { end: number; lengthMs: number },
): Reading {
  const inside = (time: string): boolean => end - lengthMs <= Date.parse(time) && Date.parse(time) < end
  const isNew = states.includes('new') && group.isNew && group.state === 'open' && inside(group.firstSeen)
  const isBack = states.includes('regressed') && group.state === 'regressed' && inside(group.lastSeen)
  const isSeen = Date.parse(group.firstSeen) < end && Date.parse(group.lastSeen) >= end - lengthMs
  const about = `${group.errorType} ${group.fingerprint} (${group.message.slice(0, 200)})`
  const reading = { kind: 'observation', value: group.count, count: group.count } as const
  if (isNew) return { ...reading, level: severity, reason: `new: ${about}` }
  if (isBack) return { ...reading, level: severity, reason: `seen again after it was resolved: ${about}` }
  return {
    ...reading,
    level: isSeen ? 'held' : 'ok',
    reason: `${isSeen ? 'still seen' : 'not seen'}: ${about}`,
  }
}
