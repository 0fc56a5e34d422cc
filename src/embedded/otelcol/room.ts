/** Room on the disk of the Collector's queue, which drops what it cannot note as taken out. */
import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const MEBIBYTE = 1_048_576
/** With less it must not go on, and with this much it may again. */
const LEAST_BYTES = 64 * MEBIBYTE
const ENOUGH_BYTES = 2 * LEAST_BYTES
/** Where the queue itself has taken the rest, this is enough to deliver it. */
const DELIVERING_BYTES = 24 * MEBIBYTE
/** Whoever else fills the disk has stopped to. */
const CALM_MS = 3000
const POLL_MS = 250
/** A queue file is this much larger than what lies in it, and grows in steps of so much. */
const FILE_FACTOR = 1.5
const FILE_STEP_BYTES = 16 * MEBIBYTE
/** Each of log records, beginnings and spans has a queue; SigNoz's third is of metrics, which are few. */
const QUEUES = { clickhouse: 3, both: 6 }
/**
 * Of all queues, what one of a sink may take. A full queue holds the senders back: for ClickHouse, which is away then,
 * no harm; for SigNoz it holds ClickHouse up as well, so that one gets more.
 */
const SHARES = { clickhouse: { clickhouse: 1 / 3, signoz: 0 }, both: { clickhouse: 1 / 12, signoz: 3 / 8 } }
const QUEUE_LEAST_BYTES = 4 * MEBIBYTE
const QUEUE_MOST_BYTES = 8192 * MEBIBYTE
const SIGNOZ_QUEUE_MOST_BYTES = 32_768 * MEBIBYTE

/** The sinks that have their queues there. */
export type Sinks = keyof typeof QUEUES

/** What is free, what the queue files take, and the largest of them. */
export interface Room {
  freeBytes: number
  ownBytes: number
  largestBytes: number
}

/** How the Collector may run in a room. */
export interface RoomPlan {
  /** It must end when less is free. */
  floorBytes: number
  /** Sizes for its environment: its own growth never takes the last of the disk. */
  env: { QUEUE_BYTES: string; SIGNOZ_QUEUE_BYTES: string; COMPACT_ON_START: string }
}

/** Looks at the disk of `directory`; without limit where that cannot be told. */
export async function measureRoom(directory: string): Promise<Room> {
  // It makes the directory itself, at its first start.
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
 * How to run the queues of `sinks` there; null where it must wait. Where they have filled the disk themselves it runs to
 * deliver them: nobody else would make that room.
 */
export function planRoom({ freeBytes, ownBytes, largestBytes }: Room, sinks: Sinks): RoomPlan | null {
  const isRoomy = freeBytes >= ENOUGH_BYTES
  const isOwn = freeBytes >= DELIVERING_BYTES && freeBytes + ownBytes >= ENOUGH_BYTES
  if (!isRoomy && !isOwn) return null
  const usable = freeBytes + ownBytes - ENOUGH_BYTES - LEAST_BYTES - QUEUES[sinks] * FILE_STEP_BYTES
  const sized = (share: number, most: number): string =>
    String(Math.max(QUEUE_LEAST_BYTES, Math.min(most, Math.floor((usable / FILE_FACTOR) * share) || 0)))
  return {
    floorBytes: isRoomy ? LEAST_BYTES : Math.min(LEAST_BYTES, Math.floor(freeBytes / 2)),
    env: {
      QUEUE_BYTES: sized(SHARES[sinks].clickhouse, QUEUE_MOST_BYTES),
      SIGNOZ_QUEUE_BYTES: sized(SHARES[sinks].signoz, SIGNOZ_QUEUE_MOST_BYTES),
      // Compaction writes a second copy beside the first.
      COMPACT_ON_START: String(freeBytes >= largestBytes + ENOUGH_BYTES),
    },
  }
}

/** Why a Collector with its queue in `directory` must not go on; null while there is room. */
export async function lackOfRoom(directory: string, floorBytes: number): Promise<string | null> {
  const { freeBytes } = await measureRoom(directory)
  return freeBytes >= floorBytes ? null : describeLack(directory, freeBytes, floorBytes)
}

/** Waits until there is room, and says once that it waits; null when it is stopped meanwhile. */
export async function waitForRoom(
  directory: string,
  { sinks, stopping, report }: { sinks: Sinks; stopping: AbortSignal; report: (line: string) => void },
): Promise<RoomPlan | null> {
  let isTold = false
  let calm = { freeBytes: Number.POSITIVE_INFINITY, since: performance.now() }
  while (!stopping.aborted) {
    const room = await measureRoom(directory)
    const { freeBytes } = room
    if (freeBytes < calm.freeBytes) calm = { freeBytes, since: performance.now() }
    const plan = planRoom(room, sinks)
    if (plan !== null && (freeBytes >= ENOUGH_BYTES || performance.now() - calm.since >= CALM_MS)) return plan
    if (!isTold) {
      const lack = describeLack(directory, freeBytes, ENOUGH_BYTES)
      report(`Collector: ${lack}; it starts once there is room, and senders keep their records`)
    }
    isTold = true
    await pause(POLL_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  return null
}

function describeLack(directory: string, freeBytes: number, neededBytes: number): string {
  const [free, needed] = [freeBytes, neededBytes].map((bytes) => Math.floor(bytes / MEBIBYTE))
  return `its queue in ${directory} needs ${needed} MiB of free disk, and ${free} are left`
}
