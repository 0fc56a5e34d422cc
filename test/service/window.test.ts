import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkTime, resolveWindow } from '../../src/service/window.ts'

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

it('is open to one side for a year that the store cannot hold', () => {
  expect(resolveWindow({ from: '1900-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' }, NOW)).toEqual({
    from: '1970-01-01T00:00:00Z',
    to: '2200-01-01T00:00:00Z',
  })
  expect(resolveWindow({ to: '9999-12-31T00:00:00Z' }, NOW).from).toBe('2026-10-24T12:00:00.000Z')
})

it('takes a time without seconds, a zone without colon, and small letters', () => {
  expect(resolveWindow({ from: '2026-11-01T02:00+0200', to: '2026-11-02t00:00z' }, NOW)).toEqual({
    from: '2026-11-01T00:00:00Z',
    to: '2026-11-02T00:00:00Z',
  })
})

it.each(['2026-11-23', '2026-11-23T12:00:00', 'yesterday', '', "2026-11-23T12:00:00Z'", '2026-11-23T12Z'])(
  'names the form of a time for one without a zone, or that is none: %j',
  (text) => expect(checkTime(text)).toMatch(/write ISO 8601 with a zone, such as 2026-11-23T15:00:00Z/),
)

it.each(['2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2025-02-29T00:00Z', '2026-04-31T00:00:00+02:00'])(
  'names a day that no calendar has: %s',
  (text) => expect(checkTime(text)).toBe(`${text.slice(0, 10)} is not a day of the calendar`),
)

it.each(['2026-02-03T25:00:00Z', '2026-02-03T23:60Z', '2026-02-03T23:59:60Z', '2026-02-03T00:00+99:00'])(
  'names a time that no day has: %s',
  (text) => expect(checkTime(text)).toMatch(/no such time of day/),
)

it('says how + is written in a URL', () => {
  expect(checkTime('2026-11-28T02:00:00 02:00')).toMatch(/write \+ as %2B/)
})

it('agrees with the calendar on every day', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(1), max: new Date('2199-12-31') }), (at) => {
      const text = at.toISOString()
      expect(checkTime(text)).toBeNull()
      const window = resolveWindow({ from: '1970-01-01T00:00:00Z', to: text }, at.getTime())
      expect(Date.parse(window.to)).toBe(at.getTime())
    }),
  )
})
