/**
 * The engine (chdb 3.4.0) does not see a write fail: it acknowledges rows, commits parts and gives
 * results of which nothing is on the disk. So it never uses the last space of the disk, and where others have used it, what
 * it wrote meanwhile does not count.
 */
import { statfs } from 'node:fs/promises'

const SHARE = 0.05
const LEAST_BYTES = 16 * 1_048_576
const MOST_BYTES = 256 * 1_048_576
/** Of what the engine leaves free, for writes that were on their way when others used the rest. */
const FLOOR_SHARE = 0.125
const LOOK_EVERY_MS = 250

export interface DiskSpace {
  /** The engine refuses writes and merges that would leave less, with code 243. */
  keepFreeBytes: number
  /** @throws {DiskFullError} where space has ended, so that what was written may not be on the disk */
  confirm(): Promise<void>
  /** As `confirm`, of a statement that the engine refuses by itself where the disk was full before. */
  confirmStatement(): Promise<void>
  close(): void
}

export class DiskFullError extends Error {
  override readonly name = 'DiskFullError'
  readonly code = 'ENOSPC'

  constructor() {
    super('no space is left on the disk of the store')
  }
}

/**
 * Watches the disk of a directory.
 * @param ranFull called when the space ends while the engine may be writing; it must end the process, whose next start
 * removes what is broken. A disk that is full at the start lets nothing be written until it has space again.
 */
export async function openDiskSpace(directory: string, ranFull: () => void): Promise<DiskSpace> {
  const { blocks, bsize } = await statfs(directory)
  const keepFreeBytes = Math.round(Math.min(Math.max(blocks * bsize * SHARE, LEAST_BYTES), MOST_BYTES))
  const isFull = async (): Promise<boolean> => {
    const now = await statfs(directory)
    return now.bavail * now.bsize < keepFreeBytes * FLOOR_SHARE
  }
  let wasFull = await isFull()
  let hasEnded = false
  const look = async (): Promise<boolean> => {
    const full = await isFull()
    if (full && !wasFull) {
      hasEnded = true
      ranFull()
    }
    wasFull = full
    return full
  }
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS).unref()
  return {
    keepFreeBytes,
    async confirm() {
      if (await look()) throw new DiskFullError()
    },
    async confirmStatement() {
      await look()
      if (hasEnded) throw new DiskFullError()
    },
    close: () => clearInterval(timer),
  }
}
