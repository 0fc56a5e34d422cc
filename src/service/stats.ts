import { compareFigures, type Change } from './compare-figures.ts'
import { compareGroups } from './compare-groups.ts'
import type { Store } from '../store/client.ts'
import { getStats, type Stats, type StatsGroup, type StatsQuery } from '../store/queries/stats.ts'
import type { Figures } from '../store/measures.ts'
import type { Scope, Window } from '../store/scope.ts'

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
  const compared = await compareGroups<Figures, Stats, Change>(current, {
    window,
    ask: (earlier) => getStats(store, { ...query, scope, ...earlier, trend: undefined }),
    changeOf: compareFigures,
  })
  return { window, ...current, ...compared }
}
