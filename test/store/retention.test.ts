/** What has reached its age goes, and the figures of it stay. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COLUMNS, rowsOf, type Part } from '../../bench/support/store-rows.ts'
import { loadConfig } from '../../src/config.ts'
import { ConfigError } from '../../src/errors.ts'
import { getRetention } from '../../src/store/queries/retention.ts'
import { getErrors } from '../../src/store/queries/errors.ts'
import { getStats, type Stats } from '../../src/store/queries/stats.ts'
import { CONTENT_EXPIRED, emptyContent } from '../../src/store/retention/content.ts'
import { readExpiryDays, setExpiry } from '../../src/store/retention/expiry.ts'
import { refreshRollups } from '../../src/store/rollups/refresh.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { waitFor } from '../support/wait.ts'

const DAY = 86_400_000
const A_DAY = 300
const END_MS = Math.floor(Date.now() / DAY) * DAY
const TOTAL = 365 * A_DAY
/** The last ten days. */
const ROWS: Part = { first: TOTAL - 10 * A_DAY, count: 10 * A_DAY, total: TOTAL, endMs: END_MS }
/** Some that began ten months ago. */
const OLD: Part = { ...ROWS, first: 60 * A_DAY, count: 200 }
const KEPT = { organizationRows: 20, agentRows: 10 }
const RETENTION_DAYS = 5
const scope = { organizationId: 'org-000' }
const days = (first: number, last: number): { from: string; to: string } => ({
  from: new Date(END_MS - first * DAY).toISOString(),
  to: new Date(END_MS - last * DAY).toISOString(),
})

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

async function insert(part: Part, replaced = 'record_version AS record_version'): Promise<void> {
  const { sql, parameters } = rowsOf(part)
  await clickhouse.store.command(
    `INSERT INTO code_exec_logs (${COLUMNS.join(', ')}) SELECT * REPLACE(${replaced}) FROM (${sql})`,
    parameters,
  )
}

async function count(condition: string, table = 'code_exec_logs'): Promise<number> {
  const [row] = await clickhouse.store.query<{ n: string }>(
    `SELECT count() AS n FROM ${table} WHERE ${condition}`,
  )
  return Number(row?.n)
}

function statsOf(first: number, last: number): Promise<Stats> {
  const asked = { filter: { terms: [] }, groupBy: ['outcome'], order: 'count', limit: 10 } as const
  return getStats(clickhouse.store, { ...asked, scope, window: days(first, last) })
}

async function awaitNone(condition: string, table?: string): Promise<void> {
  const what = `${table ?? 'code_exec_logs'} to have no row with ${condition}`
  await waitFor(async () => (await count(condition, table)) === 0, { what })
}

/** Until no change of the rows is under way. */
async function awaitChanges(): Promise<void> {
  await awaitNone('NOT is_done', 'system.mutations')
}

describe('content', () => {
  it('goes with its month, and figures and other months stay', async () => {
    await insert(OLD)
    await insert(ROWS)
    const hasContent =
      "(code IS NOT NULL OR input IS NOT NULL OR result IS NOT NULL OR stdout != '' OR stderr != '')"
    const isOld = `started_at < fromUnixTimestamp64Milli(${END_MS - 200 * DAY})`
    const recent = await count(`NOT ${isOld} AND ${hasContent}`)
    expect(await count(`${isOld} AND ${hasContent}`)).toBeGreaterThan(0)
    expect(recent).toBeGreaterThan(0)
    const before = await statsOf(330, 200)
    const asked = { days: 60, now: END_MS }
    expect((await emptyContent(clickhouse.store, asked)).months).toEqual([expect.stringMatching(/^\d{6}$/u)])
    await awaitChanges()
    expect(await count(`${isOld} AND ${hasContent}`)).toBe(0)
    expect(await count(`NOT ${isOld} AND ${hasContent}`)).toBe(recent)
    expect(await statsOf(330, 200)).toEqual(before)
    expect(await emptyContent(clickhouse.store, asked)).toEqual({ months: [] })
  })

  it('goes once more from what arrives late, and a replay can say why', async () => {
    await clickhouse.store.command(
      `INSERT INTO code_exec_logs (execution_id, started_at, code, request_loss) SELECT 'late', now() - INTERVAL 200 DAY, 'print(1)', 'none'`,
    )
    await emptyContent(clickhouse.store, { days: 60, now: END_MS })
    await awaitChanges()
    expect(
      await clickhouse.store.query(
        "SELECT code, request_loss FROM code_exec_logs WHERE execution_id = 'late'",
      ),
    ).toEqual([{ code: null, request_loss: CONTENT_EXPIRED }])
  })
})

describe('executions', () => {
  const expired = `started_at < now() - INTERVAL ${RETENTION_DAYS} DAY`

  it('go after their days, and the figures of their days stay', async () => {
    expect(await readExpiryDays(clickhouse.store)).toBeNull()
    await refreshRollups(clickhouse.store, KEPT)
    const [before, kept] = [
      await statsOf(9, 6),
      await count("dimension = 'agent.error'", 'code_exec_rollups'),
    ]
    expect(before.total.count).toBeGreaterThan(A_DAY)
    expect(kept).toBeGreaterThan(0)
    expect(await setExpiry(clickhouse.store, RETENTION_DAYS)).toEqual({ changed: true })
    await awaitNone(expired)
    expect(await count('true')).toBeGreaterThan(A_DAY)
    expect(await statsOf(9, 6)).toEqual(before)
    const oldTexts = `bucket < now() - INTERVAL ${RETENTION_DAYS + 2} DAY`
    await awaitNone(`dimension = 'agent.error' AND ${oldTexts}`, 'code_exec_rollups')
    await awaitNone(oldTexts, 'code_exec_rollup_failures')
    const asked = { filter: { terms: [] }, order: 'count', settled: [], states: ['open'], limit: 20 } as const
    const window = days(9, RETENTION_DAYS + 3)
    expect(await getErrors(clickhouse.store, { ...asked, scope, window, lookbackFrom: window.from })).toEqual(
      [],
    )
  })

  it('that arrive late do not replace the figures of their day', async () => {
    const before = await statsOf(9, 6)
    await insert({ ...ROWS, first: ROWS.first + 2 * A_DAY, count: 20 }, "now64(3, 'UTC') AS inserted_at")
    await refreshRollups(clickhouse.store, KEPT)
    await clickhouse.store.command('OPTIMIZE TABLE code_exec_logs FINAL')
    expect((await statsOf(9, 6)).total.count).toBeGreaterThanOrEqual(before.total.count)
  })

  it('have their retention shown, which is set once', async () => {
    const ttl = `toDateTime(started_at) + toIntervalDay(${RETENTION_DAYS})`
    expect(await getRetention(clickhouse.store)).toContainEqual(
      expect.objectContaining({ table: 'code_exec_logs', ttl }),
    )
    expect(await readExpiryDays(clickhouse.store)).toBe(RETENTION_DAYS)
    const changes = await count('true', 'system.mutations')
    expect(await setExpiry(clickhouse.store, RETENTION_DAYS)).toEqual({ changed: false })
    expect(await count('true', 'system.mutations')).toBe(changes)
  })

  it('stay for ever again where that is said', async () => {
    expect(await setExpiry(clickhouse.store, 'forever')).toEqual({ changed: true })
    expect(await readExpiryDays(clickhouse.store)).toBeNull()
    expect(await setExpiry(clickhouse.store, 'forever')).toEqual({ changed: false })
  })
})

describe('the settings of retention', () => {
  it('are days, and what they are not is said of both at once', () => {
    expect(loadConfig({}).retention).toEqual({ days: null, contentDays: null })
    expect(
      loadConfig({ EXECTRAIL_RETENTION_DAYS: '400', EXECTRAIL_RETENTION_CONTENT_DAYS: '30' }).retention,
    ).toEqual({ days: 400, contentDays: 30 })
    expect(loadConfig({ EXECTRAIL_RETENTION_DAYS: 'forever' }).retention.days).toBe('forever')
    const wrong = { EXECTRAIL_RETENTION_DAYS: '0', EXECTRAIL_RETENTION_CONTENT_DAYS: 'a month' }
    expect(() => loadConfig(wrong)).toThrow(ConfigError)
    expect(() => loadConfig(wrong)).toThrow(/EXECTRAIL_RETENTION_DAYS[^]*EXECTRAIL_RETENTION_CONTENT_DAYS/u)
  })
})
