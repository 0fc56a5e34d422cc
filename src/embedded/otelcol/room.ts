/** Room on the disk of the Collector's queue, which drops what it cannot note as taken out. */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const MEBIBYTE = 1_048_576
/** With less it must not go on, and with this much it may again. */
const LEAST_BYTES = 64 * MEBIBYTE
const ENOUGH_BYTES = 2 * LEAST_BYTES
const POLL_MS = 250

/** Why a Collector with its queue in `directory` must not go on; null while there is room. */
export async function lackOfRoom(directory: string): Promise<string | null> {
  return describeLack(directory, LEAST_BYTES)
}

/** Waits until there is room, and says once that it waits. */
export async function waitForRoom(
  directory: string,
  { stopping, report }: { stopping: AbortSignal; report: (line: string) => void },
): Promise<void> {
  let isTold = false
  while (!stopping.aborted) {
    const lack = await describeLack(directory, ENOUGH_BYTES)
    if (lack === null) return
    if (!isTold) report(`Collector: ${lack}; it starts once there is room, and senders keep their records`)
    isTold = true
    await pause(POLL_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}

async function describeLack(directory: string, neededBytes: number): Promise<string | null> {
  // It makes the directory itself, at its first start.
  const room = await statfs(directory).catch(() => statfs(dirname(directory)).catch(() => null))
  const freeBytes = room === null ? Number.POSITIVE_INFINITY : room.bavail * room.bsize
  if (freeBytes >= neededBytes) return null
  const [free, needed] = [freeBytes, neededBytes].map((bytes) => Math.floor(bytes / MEBIBYTE))
  return `its queue in ${directory} needs ${needed} MiB of free disk, and ${free} are left`
}
