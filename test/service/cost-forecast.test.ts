import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecastMonth, type DayCost } from '../../src/service/cost-forecast.ts'

const DAY_MS = 86_400_000
/** Noon of Monday, 16 November 2026: 14.5 days of the month are left. */
const NOW = Date.UTC(2026, 10, 16, 12)
const TODAY = Date.UTC(2026, 10, 16)

/** Days before today, the last one first. */
const history = (costs: readonly number[], today = 0): DayCost[] => [
  ...costs.map((costNanoUsd, index) => ({ startMs: TODAY - (index + 1) * DAY_MS, costNanoUsd })),
  { startMs: TODAY, costNanoUsd: today },
]

describe('the forecast of a month', () => {
  it('adds the mean of the days before for each day that is left', () => {
    const found = forecastMonth(history([100, 100, 100, 100, 100], 40), NOW)
    expect(found).toMatchObject({ spentNanoUsd: 540, forecastNanoUsd: 540 + 1450, historyDays: 5 })
    expect([found.lowNanoUsd, found.highNanoUsd]).toEqual([1990, 1990])
  })

  it('widens the range with the scatter of the days', () => {
    // Mean 100, deviation √(4 × 2500 / 3) = 57.74; × 1.2816 × √(14.5 + 14.5² / 4) = 606
    const found = forecastMonth(history([50, 150, 50, 150]), NOW)
    expect(found).toMatchObject({ forecastNanoUsd: 1850, lowNanoUsd: 1244, highNanoUsd: 2456 })
  })

  it('knows the days of the week after two weeks', () => {
    const costs = Array.from({ length: 28 }, (_, index) => {
      const day = new Date(TODAY - (index + 1) * DAY_MS).getUTCDay()
      return day === 0 || day === 6 ? 0 : 100
    })
    // Half of today, and of the 14 days after it the ten that are workdays.
    const found = forecastMonth(history(costs), NOW)
    expect(Number(found.forecastNanoUsd) - found.spentNanoUsd).toBe(1050)
    expect(found.highNanoUsd).toBe(found.forecastNanoUsd)
  })

  it('counts a day without executions as one that cost nothing', () => {
    const days = history([100, 100, 100, 100]).filter((_, index) => index !== 1 && index !== 2)
    expect(forecastMonth(days, NOW)).toMatchObject({ historyDays: 4, forecastNanoUsd: 200 + 725 })
  })

  it('says that there is none with less than three days of history', () => {
    expect(forecastMonth(history([100, 100], 7), NOW)).toMatchObject({
      spentNanoUsd: 207,
      forecastNanoUsd: null,
      highNanoUsd: null,
      method: 'none: 2 complete days of history, 3 are needed',
    })
    expect(forecastMonth([], NOW)).toMatchObject({ spentNanoUsd: 0, historyDays: 0, forecastNanoUsd: null })
  })

  it('lies within its range, which begins at what is spent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 3, maxLength: 28 }),
        fc.integer({ min: TODAY, max: Date.UTC(2026, 11, 1) - 1 }),
        (costs, now) => {
          const found = forecastMonth(history(costs), now)
          expect(found.lowNanoUsd).toBeGreaterThanOrEqual(found.spentNanoUsd)
          if (found.forecastNanoUsd === null) return
          expect(found.lowNanoUsd).toBeLessThanOrEqual(found.forecastNanoUsd)
          expect(found.highNanoUsd).toBeGreaterThanOrEqual(found.forecastNanoUsd)
        },
      ),
    )
  })
})
