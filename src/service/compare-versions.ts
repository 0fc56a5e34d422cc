import type { Store } from '../store/client.ts'
import { toFigures, type Figures } from '../store/measures.ts'
import { getStats } from '../store/queries/stats.ts'
import {
  getVersionErrors,
  getVersionMoments,
  type VersionError,
  type VersionQuery,
} from '../store/queries/version-comparison.ts'
import type { Scope, Window } from '../store/scope.ts'
import { differenceOfProportions, ratioOfMeans, type Interval, type Proportion } from './confidence.ts'

/** Two versions of an agent. Intervals are of `b` against `a`; null where there are too few executions. */
export interface VersionComparison {
  agentId: string
  window: Window
  a: { version: string } & Figures
  b: { version: string } & Figures
  successRateDifference: Interval | null
  durationRatio: Interval | null
  memoryRatio: Interval | null
  costRatio: Interval | null
  /** Errors of `b` only. */
  newErrors: readonly VersionError[]
  /** Errors of `a` only. */
  goneErrors: readonly VersionError[]
  commonErrors: readonly VersionError[]
}

/** Compares two versions of an agent in a window. */
export async function compareVersions(
  { store, scope }: { store: Store; scope: Scope },
  query: Omit<VersionQuery, 'scope'>,
): Promise<VersionComparison> {
  const { agentId, window } = query
  const [stats, moments, errors] = await Promise.all([
    getStats(store, {
      scope,
      window,
      filter: { terms: [{ field: 'codeAgentId', operator: '=', values: [agentId] }] },
      groupBy: ['codeAgentVersion'],
      order: 'count',
      limit: 2,
      keys: [{ codeAgentVersion: query.a }, { codeAgentVersion: query.b }],
    }),
    getVersionMoments(store, { ...query, scope }),
    getVersionErrors(store, { ...query, scope }),
  ])
  const figuresOf = (version: string): Figures => {
    const group = stats.groups.find(({ key }) => key.codeAgentVersion === version)
    if (group === undefined) return toFigures(undefined, 0)
    const { key: _version, ...figures } = group
    return figures
  }
  const [a, b] = [figuresOf(query.a), figuresOf(query.b)]
  const { a: before, b: after } = moments
  return {
    agentId,
    window,
    a: { ...a, version: query.a },
    b: { ...b, version: query.b },
    successRateDifference: differenceOfProportions(successesOf(a), successesOf(b)),
    durationRatio: ratioOfMeans(before.duration, after.duration),
    memoryRatio: ratioOfMeans(before.memory, after.memory),
    costRatio: ratioOfMeans(before.cost, after.cost),
    newErrors: errors.filter(({ countA }) => countA === 0),
    goneErrors: errors.filter(({ countB }) => countB === 0),
    commonErrors: errors.filter(({ countA, countB }) => countA > 0 && countB > 0),
  }
}

function successesOf({ count, successCount }: Figures): Proportion {
  return { count, successes: successCount }
}
