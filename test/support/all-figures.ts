/** Every question over figures that are kept, and how two answers to them are compared. */
import type { Store } from '../../src/store/client.ts'
import { LIST_ORDERS } from '../../src/store/list-page.ts'
import { getAgentChanges } from '../../src/store/queries/agent-changes.ts'
import { getAgentStats } from '../../src/store/queries/agent-stats.ts'
import { getErrors } from '../../src/store/queries/errors.ts'
import { getFacets } from '../../src/store/queries/facets.ts'
import { listExecutions } from '../../src/store/queries/list-executions.ts'
import { getStats } from '../../src/store/queries/stats.ts'
import { getTimeseries } from '../../src/store/queries/timeseries.ts'
import type { Scope, Window } from '../../src/store/scope.ts'

const agentId = 'agent-000'
/** What groups are by. */
export const FIELDS = [null, 'runtime', 'codeAgentId', 'errorType'] as const
const FACETS = ['outcome', 'userId', 'codeAgentVersion', 'exitCode'] as const
const OF_AGENT = { field: 'codeAgentId', operator: '=', values: [agentId] } as const
const ERRORS = {
  filter: { terms: [] },
  order: 'count',
  settled: [],
  states: ['open'],
  limit: 20,
} as const

export interface Asked {
  scope: Scope
  windows: readonly Window[]
  /** Begin of the time before, which health reports and groups of errors look at. */
  since: string
  endMs: number
}

/** What every question that may be answered from kept figures says. */
export async function answersOf(store: Store, { scope, windows, since, endMs }: Asked): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const window of windows) {
    for (const field of FIELDS)
      answers.push(
        await getStats(store, {
          scope,
          window,
          filter: { terms: [] },
          groupBy: field === null ? [] : [field],
          order: 'count',
          limit: 3,
        }),
      )
    for (const bucketSeconds of [3600, 86_400, 604_800])
      answers.push(
        await getTimeseries(store, { scope, window, filter: { terms: [] }, bucketSeconds, now: endMs }),
      )
    answers.push(
      await getAgentStats(store, { scope, window, agentId, compare: 'previous' }),
      await getAgentChanges(store, {
        scope,
        window,
        baselineFrom: since,
        filter: { terms: [] },
        limit: 5,
      }),
      await getErrors(store, { ...ERRORS, lookbackFrom: since, scope, window }),
      await getErrors(store, {
        ...ERRORS,
        lookbackFrom: since,
        scope,
        window,
        filter: { terms: [OF_AGENT] },
      }),
      await getFacets(store, { scope, window, filter: { terms: [] }, fields: FACETS, limit: 5 }),
    )
    answers.push(await pagesOf(store, { scope, window }))
  }
  return answers
}

/** Two pages of each list. */
export async function pagesOf(store: Store, asked: { scope: Scope; window: Window }): Promise<unknown[]> {
  const pages: unknown[] = []
  for (const order of LIST_ORDERS) {
    const list = { ...asked, order, filter: { terms: [] }, limit: 7, fields: ['executionId'] } as const
    const { rows } = await listExecutions(store, { ...list, after: null })
    const after = rows.at(-1)?.position ?? null
    pages.push(rows, (await listExecutions(store, { ...list, after })).rows)
  }
  return pages
}

/** Where two answers differ. Percentiles are estimates; sums of fractions depend on their order. */
export function differences(actual: unknown, expected: unknown, path: string): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const tolerance = /\.(?:p|durationP)\d\d/u.test(path) ? 0.05 : 1e-9
    return Math.abs(actual - expected) > tolerance * Math.abs(expected)
      ? [`${path}: ${actual} and not ${expected}`]
      : []
  }
  if (!isObject(actual) || !isObject(expected))
    return actual === expected ? [] : [`${path}: ${String(actual)} and not ${String(expected)}`]
  const names = [...new Set([...Object.keys(actual), ...Object.keys(expected)])]
  return names.flatMap((name) =>
    differences(Reflect.get(actual, name), Reflect.get(expected, name), `${path}.${name}`),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
