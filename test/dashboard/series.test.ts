import { expect, it } from 'vitest'
import { plotData, stack } from '../../src/dashboard/charts/series.ts'
import { axisSteps, axisTop, formatTick } from '../../src/dashboard/charts/units.ts'
import { formatFrequency } from '../../src/format.ts'

it('stacks series and keeps a gap where all of them are absent', () => {
  const stacked = stack([
    [1, null, null],
    [2, 3, null],
  ])
  expect(stacked).toEqual([
    [1, null, null],
    [3, 3, null],
  ])
})

it('draws a bucket in its middle, and the whole behind its parts', () => {
  const buckets = [{ from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:01:00Z', complete: true }]
  const series = [
    { name: 'succeeded', values: [2], colour: '--series-1' },
    { name: 'failed', values: [1], colour: '--series-2' },
  ]
  expect(plotData({ kind: 'bars', buckets, series })).toEqual([[30], [3], [2]])
  expect(plotData({ kind: 'lines', buckets, series })).toEqual([[30], [2], [1]])
})

it('has whole steps for counts, and an axis of a share that ends at 100 %', () => {
  expect(axisSteps('count')[0]).toBe(1)
  expect(axisTop('share', 0.2)).toBe(1)
  expect(formatTick('ms', 1000)).toBe('1 s')
})

it.each([
  [0, '0/s'],
  [12.4, '12/s'],
  [0.07, '4.2/min'],
  [3 / 86_400, '3/d'],
])('writes %s executions per second as %s', (perSecond, text) => {
  expect(formatFrequency(perSecond)).toBe(text)
})

it('names a duration below a tenth of a millisecond in microseconds', () => {
  expect([0, 0.0304, 0.0996, 0.1, 3].map((ms) => formatTick('ms', ms))).toEqual([
    '0 ms',
    '30 µs',
    '100 µs',
    '0.1 ms',
    '3 ms',
  ])
})
