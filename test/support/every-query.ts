/** Every query of the store, to be asked with whatever callers may give. */
import { array, constant, constantFrom, double, integer, option, record, string, subarray } from 'fast-check'
import type { Store } from '../../src/store/client.ts'
import { getArrivalLag } from '../../src/store/queries/arrival-lag.ts'
import { countArrivals, listArrivals, readArrivals } from '../../src/store/queries/arrivals.ts'
import { getAgentChanges } from '../../src/store/queries/agent-changes.ts'
import { getPercentiles, getSlotSums } from '../../src/store/queries/alert-figures.ts'
import { getAgentStats } from '../../src/store/queries/agent-stats.ts'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import { getDifferences } from '../../src/store/queries/differences.ts'
import { ERROR_STATES } from '../../src/store/error-state.ts'
import { getErrorOrganizations } from '../../src/store/queries/error-organizations.ts'
import { getErrors } from '../../src/store/queries/errors.ts'
import { getRanAgents, getVersionFigures } from '../../src/store/queries/version-figures.ts'
import { getVersionErrors, getVersionMoments } from '../../src/store/queries/version-comparison.ts'
import { DAY } from './otel-rows.ts'
import { getBudgetSpend } from '../../src/store/queries/budget-spend.ts'
import { COST_BUCKETS, getCosts, getCostSeries } from '../../src/store/queries/costs.ts'
import { readPricedRows, writeNewCosts } from '../../src/store/queries/repriced-rows.ts'
import { getMedianStartup, getResourceAmounts } from '../../src/store/queries/resource-amounts.ts'
import { makeRecord } from './records.ts'
import { getDistribution } from '../../src/store/queries/distribution.ts'
import { streamExecutions } from '../../src/store/queries/export-executions.ts'
import { getFacets } from '../../src/store/queries/facets.ts'
import { LIST_ORDERS } from '../../src/store/list-page.ts'
import { listExecutions } from '../../src/store/queries/list-executions.ts'
import { reconcile } from '../../src/store/queries/reconcile.ts'
import { getRunning } from '../../src/store/queries/running.ts'
import { getStats, GROUP_FIELDS, GROUP_ORDERS } from '../../src/store/queries/stats.ts'
import { listSpans } from '../../src/store/queries/spans.ts'
import { listAttempts } from '../../src/store/queries/workflow-attempts.ts'
import { listWorkflowExecutions } from '../../src/store/queries/workflow-executions.ts'
import { getTimeseries } from '../../src/store/queries/timeseries.ts'
import { FIELD_NAMES } from '../../src/record/record.ts'
import { FILTER_FIELDS, operatorsOf } from '../../src/record/conditions.ts'
import type { Scope } from '../../src/store/scope.ts'

/** Text that would be seen in a statement, were it put there. */
const hostile = string({ maxLength: 12 }).map((text) => `§'"\`;--${text}`)
const times = constant({ from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' })
const term = constantFrom(...FILTER_FIELDS).chain((field) =>
  record({
    field: constant(field),
    operator: constantFrom(...operatorsOf(field)),
    values: array(option(hostile), { minLength: 1, maxLength: 3 }),
  }),
)
const filter = record({ terms: array(term, { maxLength: 5 }), text: option(hostile, { nil: undefined }) })
const after = option(
  record({ rank: option(double()), startedAt: constant('2026-11-01T05:00:00Z'), executionId: hostile }),
)
const keys = array(record({ runtime: hostile, userId: hostile }), { maxLength: 3 })
const scope = record(
  { organizationId: hostile, workspaceId: hostile },
  { requiredKeys: ['organizationId'] },
).map((tenant): Scope => tenant)

/** Every query of src/store/queries by its file, with whatever callers may give. */
export const QUERIES: Readonly<Record<string, (store: Store, given: Given) => Promise<unknown>>> = {
  'agent-stats.ts': (store, { scope: seen, text, window, compare }) =>
    getAgentStats(store, { scope: seen, agentId: text, window, compare }),
  'alert-figures.ts': async (store, { scope: seen, window, filter: wanted, groupBy, limit }) => {
    for (const attempts of ['last', 'all'] as const) {
      const asked = {
        scope: seen,
        window,
        filter: wanted,
        groupBy,
        attempts,
        slotSeconds: 60,
        groupsMax: limit,
      }
      await getSlotSums(store, asked)
      const of = { measure: 'cpuMs', percentile: 95, slots: 5, firstEnd: 1, ends: 2 } as const
      await getPercentiles(store, { ...asked, ...of })
    }
  },
  'agent-changes.ts': (store, { scope: seen, window, filter: wanted, limit }) =>
    getAgentChanges(store, { scope: seen, window, filter: wanted, baselineFrom: DAY.from, limit }),
  'budget-spend.ts': (store, { scope: seen, window, filter: wanted }) =>
    getBudgetSpend(store, { scope: seen, window, filter: wanted, arrivedBy: DAY.to }),
  'differences.ts': (store, { scope: seen, window, filter: wanted, limit }) =>
    getDifferences(store, {
      scope: seen,
      a: { window, filter: wanted },
      b: { window, filter: wanted },
      limit,
    }),
  'errors.ts': (store, { scope: seen, window, filter: wanted, limit, text }) =>
    getErrors(store, {
      scope: seen,
      window,
      filter: wanted,
      limit,
      order: 'count',
      lookbackFrom: DAY.from,
      states: ERROR_STATES,
      settled: [
        { organizationId: text, fingerprint: '0123456789abcdef', resolvedAt: 1 },
        { organizationId: text, fingerprint: text, resolvedAt: null },
      ],
    }),
  'error-organizations.ts': (store, { scope: seen, window, text, limit }) =>
    getErrorOrganizations(store, { scope: seen, window, fingerprint: text, limit }),
  'version-figures.ts': async (store, { scope: seen, window, text, limit }) => {
    await getRanAgents(store, { scope: seen, window, since: window.from, limit })
    const version = { name: text, version: text, codeSha256: text }
    const versions = [
      { ...version, organizationId: null },
      { ...version, organizationId: text },
    ]
    for (const by of ['version', 'agent'] as const)
      await getVersionFigures(store, { scope: seen, window, recent: window.from, versions, by })
  },
  'version-comparison.ts': async (store, { scope: seen, window, text }) => {
    const asked = { scope: seen, window, agentId: text, a: text, b: `${text}b` }
    await getVersionMoments(store, asked)
    await getVersionErrors(store, asked)
  },
  'distribution.ts': (store, { scope: seen, window, filter: wanted }) =>
    getDistribution(store, { scope: seen, window, filter: wanted, measure: 'cpuMs', bucketSeconds: 60 }),
  'facets.ts': (store, { scope: seen, window, filter: wanted, limit }) =>
    getFacets(store, { scope: seen, window, filter: wanted, fields: FILTER_FIELDS, limit }),
  'export-executions.ts': (store, { scope: seen, window, filter: wanted, format }) =>
    streamExecutions(store, {
      scope: seen,
      window,
      filter: wanted,
      fields: FIELD_NAMES,
      format,
      signal: new AbortController().signal,
    }),
  'spans.ts': (store, { scope: seen, window, text, limit }) =>
    listSpans(store, { scope: seen, window, traceIds: [text], limit }),
  'workflow-attempts.ts': async (store, { scope: seen, window, text, limit }) => {
    await listAttempts(store, { scope: seen, window, of: { workflowExecutionId: text }, limit })
    await listAttempts(store, { scope: seen, window, of: { traceId: text }, limit })
  },
  'workflow-executions.ts': async (
    store,
    { scope: seen, window, filter: wanted, text, after: place, limit },
  ) => {
    const startedAt = place?.startedAt ?? DAY.from
    const position = { startedAt, workflowExecutionId: text, organizationId: text }
    const asked = { scope: seen, window, filter: wanted, states: [], limit }
    await listWorkflowExecutions(store, { ...asked, after: place === null ? null : position })
    await listWorkflowExecutions(store, { ...asked, run: text, after: null })
    await listWorkflowExecutions(store, { ...asked, states: ['failed'], after: null })
  },
  'arrival-lag.ts': (store, { scope: seen, window }) => getArrivalLag(store, { scope: seen, window }),
  'arrivals.ts': async (store, { scope: seen, text, filter: wanted, limit }) => {
    const from = { arrivedMs: 1, executionId: text }
    for (const kind of ['execution', 'started'] as const) {
      const asked = { scope: seen, kind, from, limit, filter: wanted }
      await listArrivals(store, asked)
      await readArrivals(store, { ...asked, untilMs: 2, order: 'ASC', fields: ['executionId', 'runtime'] })
      await countArrivals(store, asked)
    }
  },
  'get-execution.ts': (store, { scope: seen, text }) => getExecution(store, seen, text),
  'list-executions.ts': (store, { scope: seen, window, filter: wanted, after: place, limit, order }) =>
    listExecutions(store, {
      scope: seen,
      window,
      filter: wanted,
      order,
      after: place,
      limit,
      fields: FIELD_NAMES,
    }),
  'reconcile.ts': (store, { scope: seen, window, limit }) =>
    reconcile(store, { scope: seen, window, graceMs: 1000, limit }),
  'running.ts': (store, { scope: seen, filter: wanted, text, limit }) =>
    getRunning(store, {
      scope: seen,
      filter: wanted,
      withoutExecutors: [text],
      graceMs: 1,
      limit,
      fields: ['executionId'],
    }),
  'stats.ts': (store, { scope: seen, window, filter: wanted, limit, groupBy, groupOrder, keys: groups }) =>
    getStats(store, { scope: seen, window, filter: wanted, limit, groupBy, order: groupOrder, ...groups }),
  'timeseries.ts': (store, { scope: seen, window, filter: wanted }) =>
    getTimeseries(store, { scope: seen, window, filter: wanted, bucketSeconds: 3600, now: 0 }),
  'costs.ts': async (store, { scope: seen, window, filter: wanted, limit, groupBy, keys: groups }) => {
    const asked = { scope: seen, window, filter: wanted, limit, groupBy, order: 'cost', ...groups } as const
    await getCosts(store, asked)
    for (const bucket of COST_BUCKETS) await getCostSeries(store, { ...asked, bucket })
  },
  'repriced-rows.ts': async (store, { scope: seen, window, text, limit }) => {
    const priced = { ...makeRecord({ executionId: text, priceId: text }), costRunNanoUsd: 1 }
    await readPricedRows(store, { scope: seen, window, after: null, limit })
    await readPricedRows(store, { scope: seen, window, after: priced, limit })
    await writeNewCosts(store, { scope: seen, window, rows: [priced] })
  },
  'resource-amounts.ts': async (store, { scope: seen, window, filter: wanted, text }) => {
    for (const measured of ['used', 'any'] as const)
      await getResourceAmounts(store, { scope: seen, window, filter: wanted, memoryBytes: 1, measured })
    await getMedianStartup(store, { scope: seen, window, runtime: text, least: 20 })
  },
}
/** A caller's own SQL names no tenant: only administrators may send it, by the read-only path. Retention is of tables. */
export const WITHOUT_TENANT = ['retention.ts', 'run-sql.ts']

/** What callers may give to any of them. */
export const given = record({
  scope,
  text: hostile,
  window: times,
  compare: constantFrom('previous' as const, undefined),
  filter,
  after,
  limit: integer({ min: 1, max: 1000 }),
  order: constantFrom(...LIST_ORDERS),
  groupBy: subarray([...GROUP_FIELDS], { maxLength: 2 }),
  groupOrder: constantFrom(...GROUP_ORDERS),
  keys: record({ keys }, { requiredKeys: [] }),
  format: constantFrom('JSONEachRow' as const, 'CSVWithNames' as const, 'Parquet' as const),
})
type Given = typeof given extends { generate: (...args: never[]) => { value: infer Value } } ? Value : never
