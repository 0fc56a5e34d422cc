import { array, assert, constantFrom, integer, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, judge, type Judgement } from '../../src/alerts/judge.ts'
import { isMuted, isSilenced } from '../../src/alerts/mute.ts'
import { ruleSchema } from '../../src/alerts/rule.ts'
import { slidingSums } from '../../src/alerts/sliding.ts'
import { CATCH_UP_MAX, dueEnds } from '../../src/alerts/windows.ts'
import { SUM_NAMES, type SlotSums, type Sums } from '../../src/store/queries/alert-figures.ts'
import { validate } from '../../src/validation.ts'

const MINUTE = 60_000
const at = (time: string): number => Date.parse(`2026-11-02T${time}Z`)

describe('windows', () => {
  const minutely = { everySeconds: 60, delaySeconds: 30 }

  it('are due once late records have had their time', () => {
    expect(dueEnds(minutely, at('10:01:00'), at('10:01:29')).ends).toEqual([])
    expect(dueEnds(minutely, at('10:01:00'), at('10:01:30'))).toEqual({
      ends: [at('10:01:00')],
      skipped: 0,
      next: at('10:02:00'),
    })
  })

  it('that were missed are all due, up to a bound, and the rest is counted', () => {
    expect(dueEnds(minutely, at('10:00:00'), at('10:05:30')).ends).toHaveLength(6)
    const due = dueEnds(minutely, at('00:00:00'), at('23:00:30'))
    expect(due.ends).toHaveLength(CATCH_UP_MAX)
    expect(due.skipped + due.ends.length).toBe(23 * 60 + 1)
    expect(due.ends.at(-1)).toBe(at('23:00:00'))
  })

  it('each end once and in order, however the clock moves forward', () => {
    assert(
      property(array(integer({ min: 0, max: 400_000 }), { maxLength: 30 }), (pauses) => {
        let [now, next] = [at('10:00:10'), at('10:01:00')]
        const ends: number[] = []
        for (const pause of pauses) {
          now += pause
          const due = dueEnds(minutely, next, now)
          ends.push(...due.ends)
          ;({ next } = due)
        }
        expect(ends).toEqual(ends.map((_, index) => at('10:01:00') + index * MINUTE))
      }),
    )
  })

  it('go on from the true time when a clock was ahead', () => {
    const due = dueEnds(minutely, at('20:00:00'), at('10:00:30'))
    expect(due.ends).toEqual([at('10:00:00')])
  })
})

describe('sums of windows', () => {
  const slot = record({
    slot: integer({ min: 0, max: 40 }),
    retriedIn: option(integer({ min: 0, max: 45 })),
    count: integer({ min: 1, max: 9 }),
  })

  it('are those of the slots in each window, without executions that were tried again before its end', () => {
    assert(
      property(array(slot, { maxLength: 40 }), integer({ min: 1, max: 12 }), (given, length) => {
        const slots = given.map(({ count, retriedIn, ...rest }): SlotSums => ({
          ...rest,
          key: [],
          retriedIn: retriedIn === null ? null : Math.max(retriedIn, rest.slot),
          sums: Object.fromEntries(SUM_NAMES.map((name) => [name, count])) as Record<keyof Sums, number>,
        }))
        const sums = slidingSums(slots, { first: 10, count: 25 }, length)
        for (const [index, { count }] of sums.entries()) {
          const end = 10 + index
          const inside = slots.filter(
            (one) =>
              one.slot < end && one.slot >= end - length && (one.retriedIn === null || one.retriedIn >= end),
          )
          expect(count).toBe(inside.reduce((total, one) => total + one.sums.count, 0))
        }
      }),
    )
  })
})

describe('a value', () => {
  const levels = { direction: 'above', warning: 0.1, critical: 0.5, recovery: 0.05 } as const
  const by: Judgement = { levels, minimumCount: 20, noData: 'ok', lastLevel: null }

  it('has the level it reaches', () => {
    expect([0, 0.05, 0.07, 0.1, 0.5].map((value) => compare(value, levels))).toEqual([
      'ok',
      'ok',
      'held',
      'warning',
      'critical',
    ])
    expect(compare(3, { direction: 'below', warning: 5, recovery: 10 })).toBe('warning')
    expect(compare(7, { direction: 'below', warning: 5, recovery: 10 })).toBe('held')
  })

  it('of too few executions fires nothing, and lets what is fine end an alert', () => {
    expect(judge({ value: 0.9, count: 19, words: '' }, by).level).toBe('unknown')
    expect(judge({ value: 0.9, count: 20, words: '' }, by).level).toBe('critical')
    expect(judge({ value: 0, count: 3, words: '' }, by).level).toBe('ok')
  })

  it('that is absent is what the rule takes it for', () => {
    const absent = { value: null, count: 0, words: '' }
    const modes = (['ok', 'alert', 'keep', 'last'] as const).map(
      (noData) => judge(absent, { ...by, noData, lastLevel: 'warning' }).level,
    )
    expect(modes).toEqual(['ok', 'critical', 'unknown', 'warning'])
  })
})

describe('no notification is sent', () => {
  const nightly = { days: ['mon'], from: '22:00', to: '06:00', timezone: 'Europe/Berlin' } as const

  it('in a mute, which may last over midnight in its own time zone', () => {
    const muted = (time: string): boolean =>
      isMuted([{ ...nightly, days: [...nightly.days] }], Date.parse(time))
    expect(muted('2026-11-02T20:59:00Z')).toBe(false)
    expect(muted('2026-11-02T21:00:00Z')).toBe(true)
    expect(muted('2026-11-03T04:59:00Z')).toBe(true)
    expect(muted('2026-11-03T05:00:00Z')).toBe(false)
    expect(muted('2026-11-03T22:00:00Z')).toBe(false)
  })

  it('of what a silence covers while it lasts', () => {
    const silence = { ruleId: null, matches: { codeAgentId: 'summer' }, startsAt: 10, endsAt: 20 }
    const asked = { ruleId: 'r', key: { codeAgentId: 'summer', runtime: 'vm2' }, at: 10 }
    expect(isSilenced([silence], asked)).toBe(true)
    expect(isSilenced([silence], { ...asked, at: 20 })).toBe(false)
    expect(isSilenced([silence], { ...asked, key: { codeAgentId: 'winter' } })).toBe(false)
    expect(isSilenced([{ ...silence, ruleId: 'other' }], asked)).toBe(false)
  })
})

describe('a rule', () => {
  const rule = { name: 'x', condition: { kind: 'ratio', warning: 0.1 } }
  const issues = (given: object): string[] => {
    const checked = validate(ruleSchema, given)
    return checked.ok ? [] : checked.issues.map(({ path, message }) => `${path}: ${message}`)
  }

  it('has defaults that do not alarm over a handful of executions', () => {
    expect(ruleSchema.parse(rule)).toMatchObject({
      minimumCount: 20,
      windowSeconds: 300,
      attempts: 'last',
      noData: 'ok',
    })
  })

  it('names everything that is wrong at once', () => {
    const wrong = issues({
      name: '',
      condition: { kind: 'ratio', warning: 0.5, critical: 0.1 },
      filter: { where: ['color=red'] },
      breaches: { count: 3, of: 2 },
      mute: [{ from: '25:00', to: '06:00', timezone: 'Mars/Base' }],
    })
    expect(wrong.map((issue) => issue.split(':')[0])).toEqual(
      expect.arrayContaining([
        'name',
        'condition.critical',
        'filter.where.0',
        'breaches',
        'mute.0.from',
        'mute.0.timezone',
      ]),
    )
  })

  it('has windows that are multiples of its interval', () => {
    expect(issues({ ...rule, windowSeconds: 330 })[0]).toContain('multiple')
    expect(
      issues({ name: 'x', condition: { kind: 'burn_rate', objective: 0.99 }, everySeconds: 600 })[0],
    ).toContain('300')
  })

  it.each(constants())('of kind %s keeps what it is given', (_, condition) => {
    const parsed = ruleSchema.parse({ name: 'x', condition })
    expect(ruleSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
  })

  function constants(): [string, object][] {
    const levels = { warning: 1, critical: 2 }
    return [
      ['threshold', { kind: 'threshold', measure: 'failures', ...levels }],
      ['percentile', { kind: 'percentile', percentile: 99, ...levels }],
      ['change', { kind: 'change', measure: 'failureRate', ...levels }],
      ['absence', { kind: 'absence' }],
      ['error_group', { kind: 'error_group' }],
      ['budget', { kind: 'budget', budget: 'b', ...levels }],
      ['pipeline', { kind: 'pipeline', fault: 'outbox_age', ...levels }],
      ['burn_rate', { kind: 'burn_rate', objective: 0.99 }],
    ]
  }
})

it('any level compares the same from above and mirrored from below', () => {
  const values = constantFrom(-3, -1, 0, 1, 2, 5)
  assert(
    property(values, values, (value, warning) => {
      const above = compare(value, { direction: 'above', warning })
      expect(compare(-value, { direction: 'below', warning: -warning })).toBe(above)
    }),
  )
})
