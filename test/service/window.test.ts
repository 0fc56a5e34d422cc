import { expect, it } from 'vitest'
import { isTime, resolveWindow } from '../../src/service/window.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')

it('is the last 30 days unless asked otherwise', () => {
  expect(resolveWindow({}, NOW)).toEqual({ from: '2026-10-24T12:00:00.000Z', to: '2026-11-23T12:00:00.000Z' })
})

it('counts 30 days back from the end it was given', () => {
  expect(resolveWindow({ to: '2026-01-31T00:00:00Z' }, NOW)).toEqual({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-31T00:00:00Z',
  })
})

it('turns other zones into UTC and keeps nanoseconds', () => {
  expect(
    resolveWindow({ from: '2026-11-01T02:00:00.000000001+02:00', to: '2026-11-02T00:00:00.5Z' }, NOW),
  ).toEqual({
    from: '2026-11-01T00:00:00.000000001Z',
    to: '2026-11-02T00:00:00.5Z',
  })
})

it('refuses a window that holds nothing', () => {
  expect(() => resolveWindow({ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }, NOW)).toThrow(
    /window is empty/,
  )
  expect(() => resolveWindow({ from: '2027-01-01T00:00:00Z' }, NOW)).toThrow(/window is empty/)
})

it.each([
  '2026-11-23',
  '2026-11-23T12:00:00',
  'yesterday',
  '',
  '2026-13-01T00:00:00Z',
  '9999-01-01T00:00:00Z',
  "2026-11-23T12:00:00Z'",
])('takes no time without a zone, out of range, or that is none: %s', (text) =>
  expect(isTime(text)).toBe(false),
)
