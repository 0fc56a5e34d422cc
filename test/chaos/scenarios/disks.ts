/** No byte free on the disk of the outbox, of the Collector’s queue, of the store; then space again. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../../support/wait.ts'
import { Unplayable, type Scenario } from '../scenario.ts'
import { mountSmallDisk } from '../small-disk.ts'

const NO_MOUNT = 'a small disk needs the right to mount one'

/** What waits in memory meanwhile is bounded, so a long form is many short ones. */
const outboxFull: Scenario = {
  name: 'disk-full-outbox',
  says: 'while the disk of the outbox is full',
  disturbs: 'itself',
  async run(scene) {
    const home = join(scene.home, 'small')
    const disk = mountSmallDisk(home, 64)
    if (disk === null) throw new Unplayable(NO_MOUNT)
    try {
      // Room first, for a process that cannot even name its outbox is another case.
      const recorder = scene.record({ home })
      const rounds = scene.form === 'short' ? 1 : 10
      for (let round = 0; round < rounds; round += 1) {
        await recorder.begun(recorder.said().begun.size + 200)
        disk.fill()
        await scene.waitBetween(1000, 2000)
        disk.clear()
      }
      await recorder.end('SIGTERM')
      await scene.drain()
    } finally {
      disk.unmount()
    }
  },
}

const queueFull: Scenario = {
  name: 'disk-full-queue',
  says: 'while the disk of the Collector’s queue fills up',
  disturbs: 'all',
  async run(scene) {
    const { collector, disks } = scene.stage
    if (disks === null) throw new Unplayable(NO_MOUNT)
    const recorder = scene.record()
    await recorder.begun(300)
    // It stops before the last byte is gone: what it could not note as taken out it would drop.
    disks.queue.fill(32)
    await waitFor(() => !collector.isUp, { what: 'the Collector to stop' })
    disks.queue.fill()
    await pause(scene.form === 'short' ? 2000 : 60_000)
    if (collector.isUp) scene.fault('the Collector runs without room for its queue')
    disks.queue.clear()
  },
}

const storeFull: Scenario = {
  name: 'disk-full-store',
  says: 'while the disk of the store is full, and it is killed so',
  disturbs: 'all',
  async run(scene) {
    const { store, disks } = scene.stage
    if (disks === null) throw new Unplayable(NO_MOUNT)
    const recorder = scene.record()
    await recorder.begun(300)
    disks.store.fill()
    await pause(scene.form === 'short' ? 2000 : 60_000)
    await store.kill()
    await scene.waitBetween(500, 1500)
    disks.store.clear()
  },
}

export const DISKS: readonly Scenario[] = [outboxFull, queueFull, storeFull]
