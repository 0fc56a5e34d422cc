import { describe, expect, it, vi } from 'vitest'
import { ProcessorUse } from '../../src/runtimes/processor-use.ts'

let now = 0
const makeUse = (): ProcessorUse => {
  now = 0
  return new ProcessorUse(() => now)
}

type Rates = Record<string, number | { cpu: number; time: number }>

/** Has organizations take so much of one processor, and run for so much of the time, in steps of 100 ms. */
function run(use: ProcessorUse, seconds: number, rates: Rates): void {
  for (let step = 0; step < seconds * 10; step += 1) {
    for (const organization of Object.keys(rates)) use.begin(organization)
    now += 100
    for (const [organization, rate] of Object.entries(rates)) {
      const { cpu, time } = typeof rate === 'number' ? { cpu: rate, time: rate } : rate
      use.end(organization, { cpuMs: cpu * 100, timeMs: time * 100 })
    }
  }
}

describe('what an organization takes', () => {
  it('makes it heavy where it is far more than what the others take', () => {
    const use = makeUse()
    run(use, 10, { attacker: 1.5, one: 0.05, other: 0.1 })
    expect(['attacker', 'one', 'other'].map((name) => use.weigh(name))).toEqual(['heavy', 'light', 'light'])
  })

  it('never makes the only one heavy, nor one that takes about as much as the others', () => {
    const use = makeUse()
    run(use, 10, { alone: 2 })
    expect(use.weigh('alone')).toBe('light')
    const shared = makeUse()
    run(shared, 10, { one: 0.9, other: 0.7 })
    expect([shared.weigh('one'), shared.weigh('other')]).toEqual(['light', 'light'])
  })

  it('does not make it heavy where it is little, though the others take nothing', () => {
    const use = makeUse()
    run(use, 30, { small: 0.1, idle: 0 })
    expect(use.weigh('small')).toBe('light')
  })

  it('makes it heavy where its programs are ready to run all the time, though they wait for a processor', () => {
    const use = makeUse()
    run(use, 10, { starved: { cpu: 0.3, time: 2 }, honest: { cpu: 0.4, time: 0.5 } })
    expect([use.weigh('starved'), use.weigh('honest')]).toEqual(['heavy', 'light'])
  })

  it('does not make it heavy where its programs only wait', () => {
    const use = makeUse()
    run(use, 10, { waiting: { cpu: 0.05, time: 2 }, honest: 0.3 })
    expect(use.weigh('waiting')).toBe('light')
  })

  it('counts within two seconds of an attack, and no longer fifteen after it', () => {
    const use = makeUse()
    run(use, 60, { attacker: 0, honest: 0.1 })
    run(use, 2, { attacker: 1.5, honest: 0.1 })
    expect(use.weigh('attacker')).toBe('heavy')
    run(use, 15, { attacker: 0, honest: 0.1 })
    expect(use.weigh('attacker')).toBe('light')
  })

  it('is forgotten ten seconds after its last run, but not while a run lasts', () => {
    const use = makeUse()
    run(use, 1, { gone: 1, honest: 0.1 })
    use.begin('lasting')
    expect(use.countActive()).toBe(3)
    now += 11_000
    expect(use.countActive()).toBe(1)
    now += 60_000
    expect(use.countActive()).toBe(1)
    use.end('lasting', { cpuMs: 60_000, timeMs: 60_000 })
    run(use, 1, { honest: 0.1 })
    expect([use.weigh('lasting'), use.weigh('honest')]).toEqual(['heavy', 'light'])
  })

  it('is weighed after days as in the first minute', () => {
    const use = makeUse()
    for (let day = 0; day < 3; day += 1) {
      run(use, 20, { attacker: 1.5, honest: 0.1 })
      expect([use.weigh('attacker'), use.weigh('honest')]).toEqual(['heavy', 'light'])
      run(use, 600, { attacker: 0, honest: 0.1 })
      expect([use.weigh('attacker'), use.weigh('honest')]).toEqual(['light', 'light'])
      now += 86_400_000
    }
  })

  it('counts what a run takes while it goes, once', () => {
    const use = makeUse()
    run(use, 1, { honest: 0.1 })
    const meter = use.meter('attacker')
    now += 600
    meter.reach(550)
    expect(use.weigh('attacker')).toBe('heavy')
    using added = vi.spyOn(use, 'add')
    now += 100
    meter.end(560)
    expect(added.mock.calls).toEqual([['attacker', { cpuMs: 10, timeMs: 100 }]])
  })
})
