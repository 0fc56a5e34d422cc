import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lowDiskReason, planQueueSizes, waitForDisk } from '../../../src/stack/collector/disk-usage.ts'
import { QueueDiskGuard } from '../../../src/stack/collector/queue-disk-guard.ts'
import { mountSmallDisk } from '../../chaos/small-disk.ts'
import { temporaryDirectory } from '../../support/directory.ts'

const MIB = 1_048_576
const room = (free: number, own: number, largest = own) => ({
  freeBytes: free * MIB,
  ownBytes: own * MIB,
  largestBytes: largest * MIB,
})

it('a queue that the operator made small gets batches that fit in it, and larger ones when it is large again', async () => {
  await using directory = await temporaryDirectory()
  const env: Record<string, string> = { QUEUE_BYTES: String(2 * MIB) }
  const guard = new QueueDiskGuard(directory.path, { sinks: 'clickhouse', env, report: () => undefined })
  await guard.waitForSpace(AbortSignal.timeout(60_000))
  expect(env).toMatchObject({ QUEUE_BYTES: String(2 * MIB), BATCH_BYTES: String(2 * MIB) })
  delete env['QUEUE_BYTES']
  await guard.waitForSpace(AbortSignal.timeout(60_000))
  expect(env['BATCH_BYTES']).toBe(String(12 * MIB))
})

describe('the plan for the disk of the queues', () => {
  it('takes the usual sizes where there is much, and no more than the disk has where there is little', () => {
    expect(planQueueSizes(room(1_000_000, 0), 'both')?.env).toEqual({
      QUEUE_BYTES: String(8192 * MIB),
      SIGNOZ_QUEUE_BYTES: String(32_768 * MIB),
      BATCH_BYTES: String(12 * MIB),
      COMPACT_ON_START: 'true',
    })
    for (const free of [400, 1000, 20_000]) {
      const { QUEUE_BYTES, SIGNOZ_QUEUE_BYTES } = planQueueSizes(room(free, 0), 'both')?.env ?? {}
      expect(Number(SIGNOZ_QUEUE_BYTES)).toBeGreaterThan(Number(QUEUE_BYTES))
      // The third of SigNoz is of metrics, which are few.
      const most = 3 * Number(QUEUE_BYTES) + 2 * Number(SIGNOZ_QUEUE_BYTES)
      expect(1.5 * most).toBeLessThanOrEqual((free - 128) * MIB)
    }
    // The Collector refuses a batch that is larger than its queue.
    expect(planQueueSizes(room(150, 0), 'both')?.env).toMatchObject({
      QUEUE_BYTES: String(4 * MIB),
      BATCH_BYTES: String(4 * MIB),
    })
    const unknown = { freeBytes: Number.POSITIVE_INFINITY, ownBytes: 0, largestBytes: 0 }
    expect(planQueueSizes(unknown, 'clickhouse')?.env).toMatchObject({
      QUEUE_BYTES: String(8192 * MIB),
      COMPACT_ON_START: 'true',
    })
  })

  it('waits where others have filled the disk, and delivers where the queues have', () => {
    expect(planQueueSizes(room(60, 10), 'clickhouse')).toBeNull()
    expect(planQueueSizes(room(10, 500), 'clickhouse')).toBeNull()
    const own = planQueueSizes(room(60, 500), 'clickhouse')
    expect(own?.floorBytes).toBe(30 * MIB)
    expect(own?.env.COMPACT_ON_START).toBe('false')
  })

  it('compacts only where a second copy has room', () => {
    expect(planQueueSizes(room(1000, 2000, 900), 'clickhouse')?.env.COMPACT_ON_START).toBe('false')
    expect(planQueueSizes(room(1000, 2000, 800), 'clickhouse')?.env.COMPACT_ON_START).toBe('true')
  })
})

it('a Collector whose queues have filled the disk starts again by itself, to deliver them', async ({
  skip,
}) => {
  await using directory = await temporaryDirectory()
  const disk = join(directory.path, 'queue')
  const mounted = mountSmallDisk(disk, 256)
  if (mounted === null) skip('a small disk needs the right to mount one')
  await using stack = new AsyncDisposableStack()
  stack.defer(() => mounted?.unmount())
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(join(disk, 'exporter_clickhouse_completed_logs'), Buffer.alloc(bavail * bsize - 60 * MIB))
  expect(await lowDiskReason(disk, 64 * MIB)).toContain('60 are left')
  const said: string[] = []
  const wait = { sinks: 'clickhouse' as const, report: (line: string) => void said.push(line) }
  const plan = await waitForDisk(disk, { ...wait, stopping: AbortSignal.timeout(60_000) })
  expect(plan?.floorBytes).toBe(30 * MIB)
  expect(said).toHaveLength(1)
  rmSync(join(disk, 'exporter_clickhouse_completed_logs'))
  const roomy = await waitForDisk(disk, { ...wait, stopping: AbortSignal.timeout(60_000) })
  expect(roomy?.floorBytes).toBe(64 * MIB)
})
