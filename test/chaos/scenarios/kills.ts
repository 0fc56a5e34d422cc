/** SIGKILL of executors, of the Collector, of the store. */
import { readCollectorMetrics } from '../../../src/stack/collector/metrics.ts'
import { waitFor } from '../../support/wait.ts'
import { familyOf, remaining } from '../family.ts'
import type { Scenario, Scene } from '../scenario.ts'

const QUEUE_BYTES = 4_194_304
/** Fill the queue several times over. */
const MORE_THAN_QUEUE = 6000

const executorKilled: Scenario = {
  name: 'executor-killed',
  says: 'while executors are killed again and again, in the middle of executions',
  disturbs: 'itself',
  async run(scene) {
    const rounds = scene.form === 'short' ? 2 : 40
    for (let round = 0; round < rounds; round += 1) {
      const recorder = scene.record()
      const executor = scene.execute()
      await Promise.all([recorder.begun(200), executor.begun(5)])
      await scene.waitBetween(100, 900)
      const family = familyOf(executor.pid)
      await Promise.all([recorder.end('SIGKILL'), executor.end('SIGKILL')])
      if (family.length < 2) scene.fault('no sandbox ran when its executor was killed')
      const orphans = await remaining(family)
      if (orphans.length > 0) scene.fault(`orphans: ${orphans.join('; ')}`)
    }
  },
}

const collectorKilledFull: Scenario = {
  name: 'collector-killed-full',
  says: 'while the Collector is killed with a full queue',
  disturbs: 'all',
  async run(scene) {
    const { collector, store } = scene.stage
    collector.env['QUEUE_BYTES'] = String(QUEUE_BYTES)
    await restart(scene)
    await store.down()
    const count = scene.form === 'short' ? MORE_THAN_QUEUE : 0
    scene.record({ rate: 1000, count })
    await waitForFullQueue(scene)
    const kills = scene.form === 'short' ? 1 : 10
    for (let kill = 0; kill < kills; kill += 1) {
      await scene.waitBetween(0, 800)
      await restart(scene)
    }
    delete collector.env['QUEUE_BYTES']
    await restart(scene)
    await store.up()
  },
}

async function restart({ stage }: Scene): Promise<void> {
  await stage.collector.down()
  await stage.collector.up()
}

async function waitForFullQueue({ stage }: Scene): Promise<void> {
  await waitFor(
    async () => {
      const { exporters } = await readCollectorMetrics(stage.metricsUrl)
      // A request that does not fit any more waits outside.
      return exporters.some(
        ({ exporter, queueBytes }) => exporter.startsWith('clickhouse') && queueBytes > QUEUE_BYTES * 0.75,
      )
    },
    { what: 'a full queue' },
  )
}

const storeKilled: Scenario = {
  name: 'store-killed',
  says: 'while the store is killed in the middle of inserts',
  disturbs: 'all',
  async run(scene) {
    scene.record()
    const kills = scene.form === 'short' ? 2 : 25
    for (let kill = 0; kill < kills; kill += 1) {
      await scene.stage.store.up()
      await scene.waitBetween(300, 1200)
      await scene.stage.store.kill()
    }
  },
}

const bothKilled: Scenario = {
  name: 'both-killed',
  says: 'while Collector and store are killed together and come back in any order',
  disturbs: 'all',
  async run(scene) {
    const { collector, store } = scene.stage
    scene.record()
    const rounds = scene.form === 'short' ? 1 : 20
    for (let round = 0; round < rounds; round += 1) {
      await scene.waitBetween(300, 900)
      await Promise.all([collector.down(), store.down()])
      const [first, second] = scene.random() < 0.5 ? [collector, store] : [store, collector]
      await first.up()
      await scene.waitBetween(0, 700)
      await second.up()
    }
  },
}

export const KILLS: readonly Scenario[] = [executorKilled, collectorKilledFull, storeKilled, bothKilled]
