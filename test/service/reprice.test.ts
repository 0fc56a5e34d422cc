/** Costs of stored executions, computed again by another price book. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadPriceBook } from '../../src/cost/price-book.ts'
import { createPricing, type Pricing } from '../../src/cost/pricing.ts'
import { reprice } from '../../src/service/reprice.ts'
import { NODE_LINE, writePriceFiles } from '../cost/price-files.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { insertRecords, makeRecord } from '../support/records.ts'

const WINDOW = { from: '2026-09-01T00:00:00Z', to: '2026-10-01T00:00:00Z' }
const startedAt = '2026-09-10T00:00:00.000000000Z'
const used = {
  durationMs: 1000,
  startupMs: 0,
  cpuMs: 1000,
  memoryPeakBytes: 2 ** 30,
  limitMemoryBytes: 2 ** 30,
}
const unpriced = Array.from({ length: 1500 }, () => makeRecord({ startedAt, ...used }))
const foreign = makeRecord({ startedAt, ...used, organizationId: 'other' })
const presumed = makeRecord({
  startedAt,
  ...used,
  errorType: 'executor_crashed',
  outcome: 'error',
  success: false,
})
const old = makeRecord({ startedAt: '2026-08-31T23:59:59.999999999Z', ...used })
const scope = { organizationId: 'acme' }

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
  await insertRecords(clickhouse, [...unpriced, foreign, old])
  await insertRecords(clickhouse, [presumed], 1)
})
afterAll(() => clickhouse.stop())

const pricingWith = async (usdPerVcpuSecond: string): Promise<Pricing> => {
  const line = { ...NODE_LINE, id: `node-${usdPerVcpuSecond}`, usdPerVcpuSecond }
  return createPricing(await loadPriceBook(await writePriceFiles({ 'own.json': { resources: [line] } })))
}
const rows = (): Promise<{ n: string; cost: string | null; arrivals: string; other: string | null }[]> =>
  clickhouse.store.query(
    `SELECT count() AS n, sumIf(cost_run_nano_usd, organization_id = 'acme') AS cost,
       toString(arraySort(groupUniqArray(inserted_at))) AS arrivals, anyIf(cost_run_nano_usd, organization_id = 'other') AS other
     FROM code_exec_logs FINAL`,
  )

it('says what changes without writing it, writes it once, and finds nothing to change then', async () => {
  const { store } = clickhouse
  const pricing = await pricingWith('0.00001')
  const [before] = await rows()
  const dry = await reprice({ store, scope, pricing }, { window: WINDOW, mode: 'dry run' })
  // A second of a processor at 10,000 and of a GiB at 2,000
  const each = 12_000
  expect(dry).toEqual({
    window: WINDOW,
    count: 1500,
    changedCount: 1500,
    applied: false,
    changes: [
      {
        from: null,
        to: 'node-0.00001',
        count: 1500,
        before: { costRunNanoUsd: 0, costAllocatedNanoUsd: 0, costTokensNanoUsd: 0 },
        after: { costRunNanoUsd: 1500 * each, costAllocatedNanoUsd: 1500 * each, costTokensNanoUsd: 0 },
      },
    ],
  })
  expect(await rows()).toEqual([before])

  const applied = await reprice({ store, scope, pricing }, { window: WINDOW, mode: 'apply' })
  expect(applied).toEqual({ ...dry, applied: true })
  expect(await rows()).toEqual([{ ...before, cost: String(1500 * each) }])
  const again = await reprice({ store, scope, pricing }, { window: WINDOW, mode: 'apply' })
  expect(again).toMatchObject({ count: 1500, changedCount: 0, changes: [] })

  const dearer = await pricingWith('0.00002')
  await reprice({ store, scope, pricing: dearer }, { window: WINDOW, mode: 'apply' })
  expect(await rows()).toEqual([{ ...before, cost: String(1500 * 22_000) }])
})

it('keeps the new costs where a row is delivered again', async () => {
  await insertRecords(clickhouse, unpriced.slice(0, 10))
  const [found] = await rows()
  expect(found).toMatchObject({ cost: String(1500 * 22_000), other: null })
})
