/** Processor time of a process by what the kernel counts. */
import { statFields } from '../../process-identity.ts'

/** ms of one tick in which Linux counts for programs. */
const TICK_MS = 10
/** utime, stime, and those of its children that have ended, from `state` on. */
const [FIRST, AFTER_LAST] = [11, 15]

/** ms that the processes took, with their children that have ended; 0 for those that are gone; null where no kernel says. */
export function processorMsOf(pids: readonly number[]): number | null {
  if (process.platform !== 'linux') return null
  return pids.reduce((sum, pid) => sum + TICK_MS * ticksOf(pid), 0)
}

function ticksOf(pid: number): number {
  return statFields(pid)
    .slice(FIRST, AFTER_LAST)
    .reduce((sum, ticks) => sum + Number(ticks), 0)
}
