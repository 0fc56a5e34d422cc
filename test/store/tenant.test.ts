import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  double,
  integer,
  option,
  record,
  string,
  subarray,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/client.ts'
import { countArrivals, listArrivals, readArrivals } from '../../src/store/queries/arrivals.ts'
import { getAgentChanges } from '../../src/store/queries/agent-changes.ts'
import { getAgentStats } from '../../src/store/queries/agent-stats.ts'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import { getDifferences } from '../../src/store/queries/differences.ts'
import { ERROR_STATES } from '../../src/store/error-state.ts'
import { getErrorOrganizations } from '../../src/store/queries/error-organizations.ts'
import { getErrors } from '../../src/store/queries/errors.ts'
import { getVersionErrors, getVersionMoments } from '../../src/store/queries/version-comparison.ts'
import { DAY } from '../support/otel-rows.ts'
import { recordingStore } from '../support/recording-store.ts'
import { getDistribution } from '../../src/store/queries/distribution.ts'
import { streamExecutions } from '../../src/store/queries/export-executions.ts'
import { getFacets } from '../../src/store/queries/facets.ts'
import { LIST_ORDERS, listExecutions } from '../../src/store/queries/list-executions.ts'
import { reconcile } from '../../src/store/queries/reconcile.ts'
import { getRunning } from '../../src/store/queries/running.ts'
import { getStats, GROUP_FIELDS, GROUP_ORDERS } from '../../src/store/queries/stats.ts'
import { listSpans } from '../../src/store/queries/spans.ts'
import { listAttempts } from '../../src/store/queries/workflow-attempts.ts'
import { listWorkflowExecutions } from '../../src/store/queries/workflow-executions.ts'
import { getTimeseries } from '../../src/store/queries/timeseries.ts'
import { FIELD_NAMES } from '../../src/record/record.ts'
import { FILTER_FIELDS, operatorsOf } from '../../src/store/filter.ts'
import type { Scope, Tenant } from '../../src/store/scope.ts'

/** A table of executions with the tenant right behind it. */
const ORGANIZATION = String.raw`organization_id = \{organizationId:String\}`
const GUARDED = new RegExp(
  String.raw`FROM (?:code_exec_(?:logs|events)|otel_traces)(?: FINAL)? WHERE ${ORGANIZATION}`,
  'gu',
)
/** The same with a workspace; spans have none of their own, so their executions are looked up. */
const GUARDED_WORKSPACE = new RegExp(
  String.raw`FROM (?:code_exec_(?:logs|events)(?: FINAL)? WHERE ${ORGANIZATION} AND workspace_id = \{workspaceId:String\}|otel_traces(?: FINAL)? WHERE ${ORGANIZATION} AND execution_id IN \(SELECT)`,
  'gu',
)

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

/** Every query by its file, with whatever callers may give. */
const QUERIES: Readonly<Record<string, (store: Store, given: Given) => Promise<unknown>>> = {
  'agent-stats.ts': (store, { scope: seen, text, window, compare }) =>
    getAgentStats(store, { scope: seen, agentId: text, window, compare }),
  'agent-changes.ts': (store, { scope: seen, window, filter: wanted, limit }) =>
    getAgentChanges(store, { scope: seen, window, filter: wanted, baselineFrom: DAY.from, limit }),
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
}
/** A caller's own SQL names no tenant: administrators alone may send it, by the read-only path. */
const WITHOUT_TENANT = ['run-sql.ts']

const given = record({
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

describe('every statement over executions', () => {
  it('is one this test knows', async () => {
    const files = await readdir(join(import.meta.dirname, '../../src/store/queries'))
    expect(files.toSorted()).toEqual([...Object.keys(QUERIES), ...WITHOUT_TENANT].toSorted())
  })

  it.each(Object.entries(QUERIES))('of %s names its tenant, and binds what callers give', async (_, ask) => {
    await assert(
      asyncProperty(given, async (made) => {
        const { store, asked } = recordingStore()
        await ask(store, made)
        expect(asked.length).toBeGreaterThan(0)
        for (const { sql, parameters } of asked) {
          const tables = sql.match(/\b(?:FROM|JOIN)\s+(?!\()\S+/gu) ?? []
          const tenant = made.scope as Tenant
          const guarded = sql.match(tenant.workspaceId === undefined ? GUARDED : GUARDED_WORKSPACE) ?? []
          expect(tables.length).toBeGreaterThan(0)
          expect(guarded).toHaveLength(tables.length)
          expect(parameters).toMatchObject(tenant)
          if (tenant.workspaceId === undefined) expect(parameters).not.toHaveProperty('workspaceId')
          expect(sql).not.toMatch(/\bOR\b/u)
          expect(sql).not.toContain('§')
        }
      }),
    )
  })

  it.each(Object.entries(QUERIES))('of %s is without a tenant for an administrator alone', async (_, ask) => {
    await assert(
      asyncProperty(given, async (made) => {
        const { store, asked } = recordingStore()
        await ask(store, { ...made, scope: 'all' })
        for (const { parameters } of asked) expect(parameters).not.toHaveProperty('organizationId')
      }),
      { numRuns: 10 },
    )
  })
})
