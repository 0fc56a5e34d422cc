/** Executors that stall, whose clock is stepped, that are asked to end in the middle of sending, that burst. */
import { openFaultyWay } from '../faulty-way.ts'
import type { Scenario } from '../scenario.ts'

const MINUTE_MS = 60_000
const BURST = { short: 5000, long: 50_000 }

const loopBlocked: Scenario = {
  name: 'loop-blocked',
  says: 'while the executor’s event loop is blocked',
  disturbs: 'itself',
  async run({ record, form }) {
    const forMs = form === 'short' ? 3000 : 15_000
    const recorder = record({
      block: { afterMs: 1000, forMs },
      rate: 500,
      count: form === 'short' ? 2500 : 12_000,
    })
    await recorder.done()
  },
}

const clockStepped: Scenario = {
  name: 'clock-stepped',
  says: 'while the executor’s wall clock is stepped forward and back',
  disturbs: 'itself',
  async run({ record, random, form }) {
    const steps = form === 'short' ? 4 : 40
    const clock = Array.from({ length: steps }, (_, n) => ({
      afterMs: 400 + n * 400,
      byMs: Math.round((n % 2 === 0 ? 1 : -1) * (0.1 + random()) * 90 * MINUTE_MS),
    }))
    const recorder = record({ clock, count: 500 * (1 + Math.ceil(steps * 0.4)) })
    await recorder.done()
  },
}

const endedMidFlush: Scenario = {
  name: 'ended-mid-flush',
  says: 'when SIGTERM comes in the middle of a flush, and again with no time left to drain',
  disturbs: 'itself',
  async run(scene) {
    const rounds = scene.form === 'short' ? 2 : 20
    await using way = await openFaultyWay(scene.stage.otlpUrl)
    await way.set('takes 500 ms a request')
    for (let round = 0; round < rounds; round += 1) {
      const recorder = scene.record({ url: way.url, rate: 2000, drainMs: 300 })
      await recorder.begun(1000)
      await scene.waitBetween(100, 600)
      const { left } = await recorder.end('SIGTERM')
      if (left === null) scene.fault('SIGTERM did not end it in order')
    }
  },
}

const burst: Scenario = {
  name: 'burst',
  says: 'when thousands are recorded as fast as it goes',
  disturbs: 'itself',
  async run(scene) {
    const count = BURST[scene.form]
    const recorder = scene.record({ rate: 0, count })
    await recorder.done()
    const { begun } = recorder.said()
    if (begun.size !== count) scene.fault(`${begun.size} were begun`)
  },
}

export const STRESS: readonly Scenario[] = [loopBlocked, clockStepped, endedMidFlush, burst]
