/** What stands between an executor and the Collector fails in every way receivers do. */
import { setTimeout as pause } from 'node:timers/promises'
import { FAULTS, hasMet, openFaultyWay, type Fault } from '../faulty-way.ts'
import type { Scenario } from '../scenario.ts'

function receiverFails(fault: Fault): Scenario {
  return {
    name: `receiver-${fault.replaceAll(/\W+/gu, '-').toLowerCase()}`,
    says: `while the executor’s receiver ${fault}`,
    disturbs: 'itself',
    async run(scene) {
      await using way = await openFaultyWay(scene.stage.otlpUrl)
      const recorder = scene.record({ url: way.url })
      await recorder.begun(100)
      const before = way.met
      await way.set(fault)
      await pause(scene.form === 'short' ? 2000 : 60_000)
      if (fault !== 'refuses connections' && !(await hasMet(way, before)))
        scene.fault('no request met the fault')
      await way.set(null)
      await scene.waitBetween(0, 500)
      await recorder.end('SIGTERM')
    },
  }
}

export const SENDERS: readonly Scenario[] = FAULTS.map(receiverFails)
