import { describe, expect, it } from 'vitest'
import { differenceOfProportions, ratioOfMeans } from '../../src/service/confidence.ts'

describe('the interval of a difference of proportions', () => {
  // Newcombe 1998, table II: 56/70 against 48/80, and the extreme cases (method 10); a and b are swapped there.
  it.each([
    [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.6, 0.1705, 0.809],
    [10, 10, 0, 20, 1, 0.6791, 1],
    [10, 10, 0, 10, 1, 0.6075, 1],
  ])('%i/%i − %i/%i is the published one', (r1, n1, r2, n2, estimate, low, high) => {
    const found = differenceOfProportions({ successes: r2, count: n2 }, { successes: r1, count: n1 })
    expect(found?.estimate).toBeCloseTo(estimate, 4)
    expect(found?.low).toBeCloseTo(low, 4)
    expect(found?.high).toBeCloseTo(high, 4)
    expect(found?.significant).toBe(true)
  })

  it('is not significant where chance explains the difference, and unknown without trials', () => {
    const few = differenceOfProportions({ successes: 3, count: 4 }, { successes: 2, count: 4 })
    expect(few?.significant).toBe(false)
    expect(differenceOfProportions({ successes: 0, count: 0 }, { successes: 1, count: 1 })).toBeNull()
  })
})

describe('the ratio of means', () => {
  it('holds the true ratio, and needs two values on each side', () => {
    const a = { count: 100, mean: Math.log(10), variance: 0.25 }
    const b = { count: 100, mean: Math.log(20), variance: 0.25 }
    const found = ratioOfMeans(a, b)
    expect(found?.estimate).toBeCloseTo(2, 9)
    // exp(ln 2 ± 1.96 · √(0.25/100 + 0.25/100))
    expect(found?.low).toBeCloseTo(1.7411, 3)
    expect(found?.high).toBeCloseTo(2.2974, 3)
    expect(found?.significant).toBe(true)
    expect(ratioOfMeans(a, { ...b, count: 1 })).toBeNull()
    expect(ratioOfMeans(a, a)?.significant).toBe(false)
  })
})
