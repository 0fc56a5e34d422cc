import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divideRounded, parseUsd } from '../../src/cost/money.ts'
import { resourceCost, type ResourceUse } from '../../src/cost/resource-cost.ts'

const PRICE = { id: 'p', perVcpuSecond: parseUsd('0.000014'), perGibSecond: parseUsd('0.0000045') }
const USE: ResourceUse = {
  runtime: 'e2b',
  durationMs: 1000,
  startupMs: 100,
  cpuMs: 500,
  memoryPeakBytes: 2 ** 20,
  limitMemoryBytes: 2 ** 28,
  allocatedVcpus: 2,
  allocatedMemoryBytes: 2 ** 29,
  heldFromMs: 0,
  heldUntilMs: 1100,
}
const microseconds = fc.integer({ min: 0, max: 86_400_000_000 })
const prices = fc.bigInt({ min: 0n, max: 10n ** 15n })

describe('the cost of what was held', () => {
  it('adds up to that of the whole life of a sandbox, whatever runs share it', () => {
    fc.assert(
      fc.property(
        fc.array(microseconds, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 2 ** 40 }),
        prices,
        prices,
        (cuts, allocatedVcpus, allocatedMemoryBytes, perVcpuSecond, perGibSecond) => {
          const ends = cuts.toSorted((a, b) => a - b).map((us) => us / 1000)
          const cost = (heldFromMs: number, heldUntilMs: number): number =>
            resourceCost(
              { ...USE, allocatedVcpus, allocatedMemoryBytes, heldFromMs, heldUntilMs },
              { id: 'p', perVcpuSecond, perGibSecond },
            ).costAllocatedNanoUsd ?? Number.NaN
          const parts = ends.map((end, index) => BigInt(cost(ends[index - 1] ?? 0, end)))
          expect(parts.every((part) => part >= 0n)).toBe(true)
          expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(BigInt(cost(0, ends.at(-1) ?? 0)))
        },
      ),
    )
  })

  it('is never less than that of the run', () => {
    const runtime = fc.constantFrom('e2b', 'bacalhau', 'subprocess', 'vm2', 'wasmedge')
    const ms = fc.double({ min: 0, max: 1e7, noNaN: true })
    const bytes = fc.option(fc.integer({ min: 0, max: 2 ** 40 }))
    fc.assert(
      fc.property(
        fc.record({
          runtime,
          durationMs: ms,
          startupMs: ms,
          cpuMs: fc.option(ms),
          memoryPeakBytes: bytes,
          limitMemoryBytes: bytes,
        }),
        fc.record({ id: fc.constant('p'), perVcpuSecond: prices, perGibSecond: prices }),
        (change, price) => {
          const heldUntilMs = change.durationMs + change.startupMs
          const costs = resourceCost({ ...USE, ...change, heldUntilMs }, price)
          if (costs.costRunNanoUsd === null) return
          expect(costs.costAllocatedNanoUsd).toBeGreaterThanOrEqual(costs.costRunNanoUsd)
        },
      ),
    )
  })

  it('is unknown where a price is, or an amount that has a price', () => {
    const unknown = { costRunNanoUsd: null, costAllocatedNanoUsd: null }
    expect(resourceCost(USE, { ...PRICE, perGibSecond: null })).toEqual(unknown)
    expect(resourceCost({ ...USE, allocatedVcpus: null }, PRICE)).toEqual(unknown)
    expect(resourceCost({ ...USE, heldUntilMs: null }, PRICE)).toMatchObject({ costAllocatedNanoUsd: null })
    expect(resourceCost({ ...USE, runtime: 'vm2', cpuMs: null }, PRICE)).toEqual(unknown)
    expect(resourceCost({ ...USE, runtime: 'vm2', memoryPeakBytes: null }, PRICE)).toMatchObject({
      costRunNanoUsd: null,
    })
  })

  it('is found or unknown, whatever a runtime says that it measured', () => {
    const measured = fc.constantFrom('durationMs', 'startupMs', 'cpuMs', 'memoryPeakBytes', 'heldUntilMs')
    const runtimes = fc.constantFrom('vm2', 'e2b', 'bacalhau')
    fc.assert(
      fc.property(runtimes, fc.dictionary(measured, fc.double()), (runtime, change) => {
        const costs = Object.values(resourceCost({ ...USE, ...change, runtime }, PRICE))
        for (const cost of costs) expect(cost === null || Number.isSafeInteger(cost)).toBe(true)
      }),
    )
    expect(resourceCost({ ...USE, durationMs: Number.NaN }, PRICE)).toEqual({
      costRunNanoUsd: null,
      costAllocatedNanoUsd: null,
    })
  })

  it('needs no amount of what is free', () => {
    const costs = resourceCost(
      { ...USE, runtime: 'vm2', memoryPeakBytes: null },
      { ...PRICE, perGibSecond: 0n },
    )
    expect(costs).toEqual({ costRunNanoUsd: 7000, costAllocatedNanoUsd: 7000 })
  })

  it('is unknown beyond what a number holds exactly', () => {
    const costs = resourceCost({ ...USE, heldUntilMs: 1e15 }, { ...PRICE, perVcpuSecond: 10n ** 18n })
    expect(costs.costAllocatedNanoUsd).toBe(null)
  })
})

describe('the arithmetic of prices', () => {
  it('reads decimals digit by digit', () => {
    expect(parseUsd('0.000014')).toBe(14_000_000_000_000n)
    expect(parseUsd('12.000000000000000001')).toBe(12_000_000_000_000_000_001n)
    expect(parseUsd('3')).toBe(3n * 10n ** 18n)
  })
  it('rounds halves up', () => {
    expect([1n, 2n, 3n, 4n].map((dividend) => divideRounded(dividend, 4n))).toEqual([0n, 1n, 1n, 1n])
  })
})
