/** The blob store in every fault, its spool without room, and executors killed with content in it. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expireReferences } from '../../../src/blobs/collect.ts'
import { openBlobPart, type BlobPart } from '../blob-part.ts'
import { hasMet, REFUSALS, type Fault } from '../faulty-way.ts'
import type { KeptBlob, Recorder } from '../recorder.ts'
import { Unplayable, type Scenario, type Scene } from '../scenario.ts'
import { mountSmallDisk } from '../small-disk.ts'

const BEGUN = 12
/** Away, out of order, silent, with an answer that is lost, slow, and what refuses for good until it is mended. */
const STORE_FAULTS: readonly Fault[] = [
  'refuses connections',
  'answers 503',
  'hangs',
  'resets after accepting',
  'takes 500 ms a request',
  ...REFUSALS,
]
const ALWAYS = new Date(0)

function storeFails(fault: Fault): Scenario {
  return {
    name: `blobs-${fault.replaceAll(/\W+/gu, '-').toLowerCase()}`,
    says: `while the blob store ${fault}, and no content that a record names is lost`,
    disturbs: 'itself',
    async run(scene) {
      await using part = await openBlobPart()
      const executor = scene.execute({ blobs: part.env })
      await executor.begun(BEGUN)
      const before = part.way.met
      await part.way.set(fault)
      await executor.begun(executor.said().begun.size + BEGUN)
      await pause(scene.form === 'short' ? 500 : 30_000)
      if (fault !== 'refuses connections' && !(await hasMet(part.way, before)))
        scene.fault('no request met the fault')
      await part.way.set(null)
      await conclude(scene, { part, executors: [executor] })
    },
  }
}

/** References end meanwhile, so that the collector deletes what others are about to refer to again. */
const executorKilled: Scenario = {
  name: 'blobs-executor-killed',
  says: 'while executors are killed with content in their spool, and unreferenced content is deleted',
  disturbs: 'itself',
  async run(scene) {
    await using part = await openBlobPart()
    const executors: Recorder[] = []
    const rounds = scene.form === 'short' ? 2 : 20
    let since = ALWAYS
    for (let round = 0; round < rounds; round += 1) {
      await part.way.set(round % 3 === 0 ? 'refuses connections' : null)
      const executor = scene.execute({ blobs: part.env })
      executors.push(executor)
      await executor.begun(BEGUN)
      await scene.waitBetween(100, 900)
      since = new Date()
      await expireReferences(part.metadata.database, since)
      await executor.begun(executor.said().begun.size + BEGUN)
      await executor.end('SIGKILL')
    }
    await part.way.set(null)
    await conclude(scene, { part, executors, since })
  },
}

const spoolFull: Scenario = {
  name: 'blobs-disk-full-spool',
  says: 'while the disk of the spool is full: content is dropped and said to be, what is named is kept',
  disturbs: 'itself',
  async run(scene) {
    const disk = mountSmallDisk(join(scene.home, 'blobs-spool'), 16)
    if (disk === null) throw new Unplayable('a small disk needs the right to mount one')
    try {
      await using part = await openBlobPart()
      const executor = scene.execute({ blobs: part.env })
      const rounds = scene.form === 'short' ? 1 : 6
      for (let round = 0; round < rounds; round += 1) {
        await executor.begun(executor.said().begun.size + BEGUN)
        await part.way.set('answers 503')
        disk.fill()
        const { begun, kept } = executor.said()
        await executor.begun(begun.size + 2 * BEGUN)
        if (executor.said().kept.length - kept.length > BEGUN)
          scene.fault('records name content that the full disk did not take')
        disk.clear()
        await part.way.set(null)
      }
      await conclude(scene, { part, executors: [executor] })
    } finally {
      disk.unmount()
    }
  },
}

interface Outcome {
  part: BlobPart
  executors: readonly Recorder[]
  /** References of what started before may have ended. */
  since?: Date
}

async function conclude(scene: Scene, { part, executors, since = ALWAYS }: Outcome): Promise<void> {
  await scene.drain()
  await part.sendAll(scene.home)
  const kept: KeptBlob[] = executors.flatMap((executor) => executor.said().kept)
  if (kept.length === 0) scene.fault('no record names content')
  for (const line of await part.judge(`${scene.organizationId}-real`, kept, since)) scene.fault(line)
}

export const BLOBS: readonly Scenario[] = [...STORE_FAULTS.map(storeFails), executorKilled, spoolFull]
