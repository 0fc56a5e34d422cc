import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  step,
  type AlertPolicy,
  type AlertState,
  type Level,
  type Step,
} from '../../src/alerts/state-machine.ts'

const LEVELS: readonly Level[] = ['ok', 'held', 'warning', 'critical', 'unknown']
const START = Date.parse('2026-11-01T00:00:00Z')

interface Window {
  level: Level
  isQuiet?: boolean
}

/** The steps of windows of one minute each. */
function run(windows: readonly Window[], policy: Partial<AlertPolicy> = {}): Step[] {
  let state: AlertState | null = null
  return windows.map(({ level, isQuiet = false }, index) => {
    const at = new Date(START + index * 60_000).toISOString()
    const given = { breaches: { count: 1, of: 1 }, renotifySeconds: null, ...policy }
    const taken = step(state, { level, value: 1, count: 1, reason: level }, given, { at, isQuiet })
    ;({ state } = taken)
    return taken
  })
}

const levels = (text: string): Window[] => {
  const names: Record<string, Level> = { o: 'ok', h: 'held', w: 'warning', c: 'critical', '?': 'unknown' }
  return text.split('').map((letter) => ({ level: names[letter] ?? 'ok' }))
}
const transitions = (text: string, policy: Partial<AlertPolicy> = {}): string[] =>
  run(levels(text), policy).map(({ transition }) => transition)
const notices = (windows: readonly Window[], policy: Partial<AlertPolicy> = {}): (string | null)[] =>
  run(windows, policy).map(({ notify }) => notify)

describe('an alert', () => {
  it('fires at the first breach and ends at the first window that is fine', () => {
    expect(transitions('owwo')).toEqual(['none', 'fired', 'none', 'resolved'])
    expect(notices(levels('owwo'))).toEqual([null, 'firing', null, 'resolved'])
  })

  it('fires when enough of the last windows breach, and ends after as many that are fine', () => {
    const policy = { breaches: { count: 2, of: 3 } }
    expect(transitions('wowooo', policy)).toEqual(['pending', 'none', 'fired', 'none', 'resolved', 'none'])
    expect(transitions('wooo', policy)).toEqual(['pending', 'none', 'none', 'cleared'])
  })

  it('is one alert while its value flaps', () => {
    const policy = { breaches: { count: 3, of: 5 } }
    const notified = notices(levels('wowowowowowowowowoooo'), policy).filter((kind) => kind !== null)
    expect(notified).toEqual(['firing', 'resolved'])
  })

  it('stays between the recovery value and its level, and while nothing is known', () => {
    expect(transitions('whh?o')).toEqual(['fired', 'none', 'none', 'none', 'resolved'])
    expect(transitions('h?o')).toEqual(['none', 'none', 'none'])
  })

  it('tells that it got worse, but not that it eased', () => {
    expect(transitions('wcwo')).toEqual(['fired', 'escalated', 'eased', 'resolved'])
    expect(notices(levels('wcwco'))).toEqual(['firing', 'firing', null, null, 'resolved'])
  })

  it('reminds after the given time unless it is acknowledged', () => {
    expect(notices(levels('wwwww'), { renotifySeconds: 120 })).toEqual([
      'firing',
      null,
      'reminder',
      null,
      'reminder',
    ])
    const [fired] = run(levels('w'))
    const acknowledged = { ...(fired?.state as AlertState), acknowledged: true }
    const policy = { breaches: { count: 1, of: 1 }, renotifySeconds: 60 }
    const later = { at: new Date(START + 3_600_000).toISOString(), isQuiet: false }
    const still = (level: Level): Step =>
      step(acknowledged, { level, value: 1, count: 1, reason: '' }, policy, later)
    expect(still('warning').notify).toBeNull()
    expect(still('critical').notify).toBe('firing')
  })

  it('notifies after a silence if it still fires, and of its end only where it notified of its start', () => {
    const quiet = levels('ww').map(({ level }) => ({ level, isQuiet: true }))
    expect(notices([...quiet, ...levels('wo')])).toEqual([null, null, 'firing', 'resolved'])
    expect(notices([...quiet, ...levels('o')])).toEqual([null, null, null])
  })
})

describe('whatever windows show', () => {
  const windows = array(record({ level: constantFrom(...LEVELS), isQuiet: boolean() }), { maxLength: 60 })
  const policy = integer({ min: 1, max: 6 }).chain((of) =>
    record({
      breaches: record({ count: integer({ min: 1, max: of }), of: constantFrom(of) }),
      renotifySeconds: constantFrom(null, 60, 300),
    }),
  )

  it('the end of an alert notifies exactly where its start did, and a quiet alert notifies of nothing but its end', () => {
    assert(
      property(windows, policy, (given, by) => {
        let notified = false
        for (const [index, { notify, transition, state }] of run(given, by).entries()) {
          if (notify === 'resolved') expect(notified).toBe(true)
          else if (notify !== null) expect(given[index]?.isQuiet).toBe(false)
          if (notify === 'firing') notified = true
          if (transition === 'resolved') {
            expect(notify).toBe(notified ? 'resolved' : null)
            notified = false
          }
          expect(state?.phase === 'firing').toBe(state?.firedAt !== null && state !== null)
        }
      }),
    )
  })

  it('an alert fires only after enough breaches, and notifies once of each', () => {
    assert(
      property(windows, policy, (given, by) => {
        const steps = run(given, { ...by, renotifySeconds: null })
        let [sinceEnd, firing] = [0, 0]
        for (const [index, { transition, notify, state }] of steps.entries()) {
          const level = given[index]?.level
          if (level === 'warning' || level === 'critical') sinceEnd += 1
          if (transition === 'fired') expect(sinceEnd).toBeGreaterThanOrEqual(by.breaches.count)
          if (notify === 'firing') firing += 1
          expect(firing).toBeLessThanOrEqual(2)
          if (state === null) [sinceEnd, firing] = [0, 0]
        }
      }),
    )
  })

  it('nothing changes while nothing is known', () => {
    assert(
      property(windows, policy, (given, by) => {
        const known = given.filter(({ level }) => level !== 'unknown')
        const phases = (steps: readonly Step[]): (string | undefined)[] =>
          steps.map(({ state }) => state?.phase)
        const all = run(given, by)
        expect(phases(all.filter((_, index) => given[index]?.level !== 'unknown'))).toEqual(
          phases(run(known, by)),
        )
      }),
    )
  })
})
