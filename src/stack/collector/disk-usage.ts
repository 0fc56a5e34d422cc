/** The disk of the Collector's queue. A queue on a full disk loses records, because it cannot note what it took out. */
import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const MEBIBYTE = 1_048_576
/** The Collector stops below the first and starts again above the second. */
const LEAST_BYTES = 64 * MEBIBYTE
const ENOUGH_BYTES = 2 * LEAST_BYTES
/** Enough to deliver a queue that itself fills the disk. */
const DELIVERING_BYTES = 24 * MEBIBYTE
/** The free space must not shrink for so long before the queue's own files count as the cause. */
const CALM_MS = 3000
const POLL_MS = 250
/** A queue file is this much larger than its content, and grows in these steps. */
const FILE_FACTOR = 1.5
const FILE_STEP_BYTES = 16 * MEBIBYTE
/** Queues of each set of sinks: completed records, started events and spans for ClickHouse; for SigNoz also metrics. */
const QUEUES = { clickhouse: 3, both: 6 }
/**
 * The share of the space that one queue of a sink may take. A full queue blocks the senders. When ClickHouse is down that
 * does no harm; a full queue of SigNoz also blocks ClickHouse, so SigNoz gets more.
 */
const SHARES = { clickhouse: { clickhouse: 1 / 3, signoz: 0 }, both: { clickhouse: 1 / 12, signoz: 3 / 8 } }
const QUEUE_LEAST_BYTES = 4 * MEBIBYTE
/** What an insert has at least where more waits; the Collector refuses one that is larger than its queue. */
const BATCH_BYTES = 12 * MEBIBYTE
const QUEUE_MOST_BYTES = 8192 * MEBIBYTE
const SIGNOZ_QUEUE_MOST_BYTES = 32_768 * MEBIBYTE

/** The sinks whose queues share the disk. */
export type Sinks = keyof typeof QUEUES

/** What is free, what the queue files take, and the largest of them. */
export interface DiskUsage {
  freeBytes: number
  ownBytes: number
  largestBytes: number
}

/** Variables of the Collector's configuration. */
export const SIZES = ['QUEUE_BYTES', 'SIGNOZ_QUEUE_BYTES', 'BATCH_BYTES', 'COMPACT_ON_START'] as const

/** How the Collector may use the disk. */
export interface QueueSizes {
  /** It must stop when less is free. */
  floorBytes: number
  /** Sizes for its environment, so that its own growth never fills the disk. */
  env: Record<(typeof SIZES)[number], string>
}

/** Measures the disk of `directory`; `freeBytes` is infinite where the file system does not say. */
export async function measureDiskUsage(directory: string): Promise<DiskUsage> {
  // The Collector creates the directory at its first start.
  const disk = await statfs(directory).catch(() => statfs(dirname(directory)).catch(() => null))
  const freeBytes = disk === null ? Number.POSITIVE_INFINITY : disk.bavail * disk.bsize
  const names = await readdir(directory).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return { freeBytes, ownBytes: sizes.reduce((a, b) => a + b, 0), largestBytes: Math.max(0, ...sizes) }
}

/**
 * Sizes of the queues of `sinks`; null where the Collector must wait for space. It also runs when its own queues fill the
 * disk, because only delivering them frees it.
 */
export function planQueueSizes(
  { freeBytes, ownBytes, largestBytes }: DiskUsage,
  sinks: Sinks,
): QueueSizes | null {
  const isRoomy = freeBytes >= ENOUGH_BYTES
  const isOwn = freeBytes >= DELIVERING_BYTES && freeBytes + ownBytes >= ENOUGH_BYTES
  if (!isRoomy && !isOwn) return null
  const usable = freeBytes + ownBytes - ENOUGH_BYTES - LEAST_BYTES - QUEUES[sinks] * FILE_STEP_BYTES
  const sized = (share: number, most: number): number =>
    Math.max(QUEUE_LEAST_BYTES, Math.min(most, Math.floor((usable / FILE_FACTOR) * share) || 0))
  const queueBytes = sized(SHARES[sinks].clickhouse, QUEUE_MOST_BYTES)
  return {
    floorBytes: isRoomy ? LEAST_BYTES : Math.min(LEAST_BYTES, Math.floor(freeBytes / 2)),
    env: {
      QUEUE_BYTES: String(queueBytes),
      SIGNOZ_QUEUE_BYTES: String(sized(SHARES[sinks].signoz, SIGNOZ_QUEUE_MOST_BYTES)),
      BATCH_BYTES: String(Math.min(BATCH_BYTES, queueBytes)),
      // Compaction writes a second copy beside the first.
      COMPACT_ON_START: String(freeBytes >= largestBytes + ENOUGH_BYTES),
    },
  }
}

/** Why a Collector with its queue in `directory` must stop; null while there is space. */
export async function lowDiskReason(directory: string, floorBytes: number): Promise<string | null> {
  const { freeBytes } = await measureDiskUsage(directory)
  return freeBytes >= floorBytes ? null : describeShortage(directory, freeBytes, floorBytes)
}

/** Waits until there is space and reports once that it waits; null when `stopping` is aborted first. */
export async function waitForDisk(
  directory: string,
  { sinks, stopping, report }: { sinks: Sinks; stopping: AbortSignal; report: (line: string) => void },
): Promise<QueueSizes | null> {
  let reported = false
  let calm = { freeBytes: Number.POSITIVE_INFINITY, since: performance.now() }
  while (!stopping.aborted) {
    const usage = await measureDiskUsage(directory)
    const { freeBytes } = usage
    if (freeBytes < calm.freeBytes) calm = { freeBytes, since: performance.now() }
    const sizes = planQueueSizes(usage, sinks)
    if (sizes !== null && (freeBytes >= ENOUGH_BYTES || performance.now() - calm.since >= CALM_MS))
      return sizes
    if (!reported) {
      const shortage = describeShortage(directory, freeBytes, ENOUGH_BYTES)
      report(`Collector: ${shortage}; it starts once there is room, and senders keep their records`)
    }
    reported = true
    await pause(POLL_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  return null
}

function describeShortage(directory: string, freeBytes: number, neededBytes: number): string {
  const [free, needed] = [freeBytes, neededBytes].map((bytes) => Math.floor(bytes / MEBIBYTE))
  return `its queue in ${directory} needs ${needed} MiB of free disk, and ${free} are left`
}
