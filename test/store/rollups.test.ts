/** Kept figures answer as the rows do, whatever arrives late, twice or for a presumed crash. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COLUMNS, rowsOf, type Part } from '../../bench/support/store-rows.ts'
import type { Store } from '../../src/store/client.ts'
import { getStats, GROUP_ORDERS } from '../../src/store/queries/stats.ts'
import { ARRIVAL_SLACK_MS } from '../../src/store/rollups/plan.ts'
import { noteReplaced } from '../../src/store/rollups/replaced.ts'
import { refreshRollups } from '../../src/store/rollups/refresh.ts'
import type { Scope, Window } from '../../src/store/scope.ts'
import { readStoreClock } from '../../src/store/store-clock.ts'
import { answersOf, differences, FIELDS, pagesOf, type Asked } from '../support/all-figures.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const A_DAY = 300
/** The last ten days of a year. */
const END_MS = Date.parse('2025-10-01T23:00:00Z')
const TOTAL = 365 * A_DAY
const ROWS: Part = { first: TOTAL - 10 * A_DAY, count: 10 * A_DAY, total: TOTAL, endMs: END_MS }
const KEPT = { organizationRows: 20, agentRows: 10 }

const ORGANIZATION = { organizationId: 'org-000' }
const from = (days: number, ms = 0): string => new Date(END_MS - days * DAY + ms).toISOString()
const WINDOWS: readonly Window[] = [
  { from: from(7), to: from(0) },
  { from: from(8, 1_234_567), to: from(1, 7_654_321) },
  { from: from(30), to: from(-1) },
  { from: `${from(6, HOUR).slice(0, 13)}:00:00.000000001Z`, to: from(0, -DAY) },
]

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

/** What the rows answered to questions since the last of them was inserted. */
const answered = new Map<string, unknown[]>()

/** Inserts rows as they are, or with other values of some columns. */
async function insert(part: Part, replaced = ''): Promise<void> {
  answered.clear()
  const { sql, parameters } = rowsOf(part)
  const values = replaced === '' ? sql : `SELECT * REPLACE(${replaced}) FROM (${sql})`
  await clickhouse.store.command(`INSERT INTO code_exec_logs (${COLUMNS.join(', ')}) ${values}`, parameters)
}

/** A store with a hand on its questions. */
function storeWith(query: (sql: string, parameters: Record<string, unknown>) => unknown): Store {
  return {
    ...clickhouse.store,
    query: async (sql, parameters = {}) => {
      const changed = query(sql, { ...parameters })
      if (Array.isArray(changed)) return changed as never[]
      return clickhouse.store.query(sql, changed as Record<string, unknown>)
    },
  }
}

/** Without kept figures. */
const ofRows = (): Store =>
  storeWith((sql, parameters) => (sql.includes('code_exec_rollup_days') ? [] : parameters))

/** As it answers when what has arrived until now is no longer new. */
function later(): { store: Store; used: () => number } {
  let used = 0
  const store = storeWith((sql, parameters) => {
    if (/FROM code_exec_rollup(?:s|_failures|_values)\b/u.test(sql)) used += 1
    const since = parameters['sinceMs']
    return typeof since === 'number' ? { ...parameters, sinceMs: since + ARRIVAL_SLACK_MS } : parameters
  })
  return { store, used: () => used }
}

const SCOPES: readonly Scope[] = [ORGANIZATION, 'all', { ...ORGANIZATION, workspaceId: 'w1' }]

/** Of the organization in every window, of other scopes in the first one. */
async function expectSameAnswers(
  store: Store,
  windows: readonly Window[] = WINDOWS.slice(1, 2),
  scopes: readonly Scope[] = [ORGANIZATION],
): Promise<void> {
  for (const scope of scopes) {
    const asked = scope === ORGANIZATION ? windows : windows.slice(0, 1)
    const given: Asked = { windows: asked, scope, since: from(10), endMs: END_MS }
    const question = JSON.stringify(given)
    const rows = answered.get(question) ?? (await answersOf(ofRows(), given))
    answered.set(question, rows)
    expect(differences(await answersOf(store, given), rows, JSON.stringify(scope))).toEqual([])
  }
}

describe('kept figures', () => {
  it('answer as the rows do', async () => {
    await insert(ROWS)
    await insert({ ...ROWS, count: 500 })
    expect((await refreshRollups(clickhouse.store, KEPT)).days).toBeGreaterThan(8)
    const { store, used } = later()
    await expectSameAnswers(store, WINDOWS, SCOPES)
    expect(used()).toBeGreaterThan(WINDOWS.length * FIELDS.length)
  })

  it.each(GROUP_ORDERS)('are ordered by %s as the rows are', async (order) => {
    const window = { from: from(8, 1_234_567), to: from(1, 7_654_321) }
    const asked = {
      scope: ORGANIZATION,
      window,
      filter: { terms: [] },
      groupBy: ['outcome'],
      order,
      limit: 50,
    } as const
    const [kept, rows] = [await getStats(later().store, asked), await getStats(ofRows(), asked)]
    expect(differences(kept, rows, order)).toEqual([])
  })

  it('are left alone where nothing has arrived', async () => {
    expect(await refreshRollups(clickhouse.store, KEPT)).toEqual({ days: 0 })
  })

  it('give way to rows that arrive late, until they are computed again', async () => {
    const late = { ...ROWS, first: ROWS.first + 500, count: 40 }
    const crash =
      "toUInt8(1) AS record_version, 'error' AS outcome, false AS success, 'executor_crashed' AS error_type"
    const now = "now64(3, 'UTC') AS inserted_at"
    await insert(late, `concat(execution_id, '-late') AS execution_id, ${now}, ${crash}`)
    await insert({ ...ROWS, first: ROWS.first + 900, count: 100 }, now)
    await expectSameAnswers(clickhouse.store)
    await refreshRollups(clickhouse.store, KEPT)
    await expectSameAnswers(clickhouse.store)
    await expectSameAnswers(later().store, WINDOWS.slice(1, 2), SCOPES)
    // The true end replaces what was written for a presumed crash.
    await insert(late, `concat(execution_id, '-late') AS execution_id, ${now}`)
    await expectSameAnswers(clickhouse.store)
    // Two processes that begin in the same millisecond.
    const nowMs = await readStoreClock(clickhouse.store)
    const twin = storeWith((sql, parameters) =>
      sql.includes('now64') ? [{ now_ms: String(nowMs) }] : parameters,
    )
    await Promise.all([refreshRollups(twin, KEPT), refreshRollups(twin, KEPT)])
    const { store, used } = later()
    await expectSameAnswers(store)
    expect(used()).toBeGreaterThan(FIELDS.length)
  })

  it('give way to rows that are replaced as they had arrived, until they are computed again', async () => {
    await refreshRollups(clickhouse.store, KEPT)
    await insert(
      { ...ROWS, first: ROWS.first + 900, count: 300 },
      'toInt64(987654321) AS cost_run_nano_usd, toUInt8(3) AS record_version',
    )
    await noteReplaced(clickhouse.store, { scope: ORGANIZATION, window: { from: from(10), to: from(0) } })
    await expectSameAnswers(later().store)
    await refreshRollups(clickhouse.store, KEPT)
    const { store, used } = later()
    await expectSameAnswers(store)
    expect(used()).toBeGreaterThan(FIELDS.length)
  })

  it('are removed once newer ones have replaced them', async () => {
    const tables = ['code_exec_rollups', 'code_exec_rollup_failures', 'code_exec_rollup_values']
    const generations = async (): Promise<number[]> =>
      Promise.all(
        tables.map(async (table) => {
          const [row] = await clickhouse.store.query<{ most: string }>(
            `SELECT max(n) AS most FROM (SELECT uniqExact(generation) AS n FROM ${table} GROUP BY organization_id, toDate(bucket))`,
          )
          return Number(row?.most)
        }),
      )
    expect(Math.min(...(await generations()))).toBeGreaterThan(1)
    await noteReplaced(clickhouse.store, { scope: ORGANIZATION, window: { from: from(10), to: from(0) } })
    await refreshRollups(clickhouse.store, { ...KEPT, supersededMs: 0 })
    expect(await generations()).toEqual([1, 1, 1])
    await expectSameAnswers(later().store)
  })

  it('do not hide from a list what is left where the greatest executions have expired', async () => {
    await clickhouse.store.command('DELETE FROM code_exec_logs WHERE duration_ms > 60')
    const asked = { scope: ORGANIZATION, window: { from: from(8), to: from(0) } }
    expect(await pagesOf(later().store, asked)).toEqual(await pagesOf(ofRows(), asked))
  })

  it('are not read for a filter, or rows without an organization', async () => {
    const { store, used } = later()
    const window = WINDOWS[0] as Window
    const asked = { window, groupBy: [], order: 'count', limit: 1, filter: { terms: [] } } as const
    await getStats(store, { ...asked, scope: ORGANIZATION, filter: { terms: [], text: 'rate' } })
    const none = await getStats(store, { ...asked, scope: { organizationId: '' } })
    expect(none.total.count).toBe(0)
    expect(used()).toBe(0)
  })
})
