import { compareFigures, type Change } from './compare-figures.ts'
import type { Store } from '../store/client.ts'
import { getStats, type Stats, type StatsGroup, type StatsQuery } from '../store/queries/stats.ts'
import { windowBefore, type Scope, type Window } from '../store/scope.ts'

/** The same figures of the window of the same length just before. */
interface Compared {
  previous?: Stats & { window: Window }
  change?: Change
}

/** Figures in total and by group, and how they changed if asked. */
export type StatsReport = Compared &
  Omit<Stats, 'groups'> & { window: Window; groups: readonly (StatsGroup & { change?: Change })[] }

/** Statistics of the executions that match. */
export async function stats(
  { store, scope }: { store: Store; scope: Scope },
  { compare, ...query }: Omit<StatsQuery, 'scope' | 'keys'> & { compare?: 'previous' | undefined },
): Promise<StatsReport> {
  const { window } = query
  const current = await getStats(store, { ...query, scope })
  if (compare === undefined) return { window, ...current }
  const before = windowBefore(window)
  const keys = current.groups.map(({ key }) => key)
  const previous = await getStats(store, { ...query, scope, window: before, keys })
  const earlier = new Map(previous.groups.map((group) => [JSON.stringify(group.key), group]))
  return {
    window,
    ...current,
    groups: current.groups.map((group) => ({
      ...group,
      change: compareFigures(group, earlier.get(JSON.stringify(group.key)) ?? null),
    })),
    previous: { window: before, ...previous },
    change: compareFigures(current.total, previous.total),
  }
}
