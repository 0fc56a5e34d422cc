/** A bill of 1,000 executions worked out by hand, to the nano-dollar. */
import { expect, it } from 'vitest'
import { loadPriceBook } from '../../src/cost/price-book.ts'
import { createPricing, type Costs, type Priced } from '../../src/cost/pricing.ts'
import { NODE_LINE, writePriceFiles } from './price-files.ts'

const MIB = 1_048_576
const BASE: Priced = {
  runtime: 'e2b',
  startedAt: '2026-11-02T10:00:00.000000000Z',
  durationMs: 0,
  startupMs: 0,
  cpuMs: null,
  memoryPeakBytes: null,
  limitMemoryBytes: 256 * MIB,
  allocatedVcpus: null,
  allocatedMemoryBytes: null,
  heldFromMs: null,
  heldUntilMs: null,
  model: null,
  inputTokens: null,
  outputTokens: null,
}
const held = (heldFromMs: number, heldUntilMs: number) => ({ heldFromMs, heldUntilMs })
const machine = (allocatedVcpus: number, mebibytes: number) => ({
  allocatedVcpus,
  allocatedMemoryBytes: mebibytes * MIB,
})

interface Line extends Partial<Priced> {
  times: number
  /** Run, allocated, tokens: 10⁻⁹ USD of each execution. */
  each: readonly [number | null, number | null, number | null]
}

const BILL: readonly Line[] = [
  // 2 vCPU × 14,000 + 0.5 GiB × 4,500 = 30,250 a second; × 1 s, × 1.5 s
  { times: 300, ...machine(2, 512), durationMs: 1000, ...held(0, 1500), each: [30_250, 45_375, null] },
  // 14,000 + 0.25 × 4,500 = 15,125; × 0.033 s = 499.125; × 0.2505 s = 3,788.8125
  { times: 200, ...machine(1, 256), durationMs: 33, ...held(0, 250.5), each: [499, 3789, null] },
  // Fifty sandboxes that were kept for four runs: at 0.700001 s they have cost 21,175.03, at 1.000002 s 30,250.06,
  // at 61.000003 s 1,845,250.09, at 62.5 s 1,890,625; each run of 0.2 s is 6,050
  { times: 50, ...machine(2, 512), durationMs: 200, ...held(0, 700.001), each: [6050, 21_175, null] },
  { times: 50, ...machine(2, 512), durationMs: 200, ...held(700.001, 1000.002), each: [6050, 9075, null] },
  {
    times: 50,
    ...machine(2, 512),
    durationMs: 200,
    ...held(1000.002, 61_000.003),
    each: [6050, 1_815_000, null],
  },
  { times: 50, ...machine(2, 512), durationMs: 200, ...held(61_000.003, 62_500), each: [6050, 45_375, null] },
  // 8 × 14,000 + 8 × 4,500 = 148,000; × 3,600 s, × 3,600.4 s
  {
    times: 50,
    ...machine(8, 8192),
    durationMs: 3_600_000,
    ...held(0, 3_600_400),
    each: [532_800_000, 532_859_200, null],
  },
  // 12.345 ms × 10,000 = 123.45; 30 MiB × 20 ms × 2,000 = 1.171875; the limit of 256 MiB × 25 ms × 2,000 = 12.5
  {
    times: 200,
    runtime: 'subprocess',
    cpuMs: 12.345,
    memoryPeakBytes: 30 * MIB,
    durationMs: 20,
    startupMs: 5,
    each: [125, 136, null],
  },
  // Processor time that was not measured is not free.
  {
    times: 30,
    runtime: 'vm2',
    memoryPeakBytes: 30 * MIB,
    durationMs: 20,
    startupMs: 5,
    each: [null, null, null],
  },
  // 1,234 × 1,250 + 567 × 10,000; the policy refused the code, so no sandbox was held
  { times: 20, model: 'house-2', inputTokens: 1234, outputTokens: 567, each: [0, 0, 7_212_500] },
]

const HOUSE_MODEL = {
  id: 'house-models',
  model: 'house-*',
  from: '2026-11-01',
  usdPerMillionInputTokens: '1.25',
  usdPerMillionOutputTokens: '10',
  source: 'our own bill',
}

it('agrees with the bill of 1,000 executions that was worked out by hand', async () => {
  const folder = await writePriceFiles({ 'own.json': { resources: [NODE_LINE], models: [HOUSE_MODEL] } })
  const pricing = createPricing(await loadPriceBook(folder))
  const bill = await Promise.all(
    BILL.flatMap(({ times, each, ...use }) =>
      Array.from({ length: times }, async () => ({
        each,
        costs: await pricing.costsOf({ ...BASE, ...use }),
      })),
    ),
  )
  expect(bill).toHaveLength(1000)
  for (const { costs, each } of bill)
    expect([costs.costRunNanoUsd, costs.costAllocatedNanoUsd, costs.costTokensNanoUsd]).toEqual(each)
  const sum = (of: (costs: Costs) => number | null): bigint =>
    bill.reduce((total, { costs }) => total + BigInt(of(costs) ?? 0), 0n)
  expect(sum((costs) => costs.costRunNanoUsd)).toBe(26_650_409_800n)
  expect(sum((costs) => costs.costAllocatedNanoUsd)).toBe(26_751_888_750n)
  expect(sum((costs) => costs.costTokensNanoUsd)).toBe(144_250_000n)
  const ids = new Map(bill.map(({ costs }) => [costs.priceId, 0]))
  expect([...ids.keys()]).toEqual(['e2b-2026-08-06', 'rack-7', null, 'e2b-2026-08-06+house-models'])
})
