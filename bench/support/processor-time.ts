/** Processor time of this process and of all that it starts, dead or alive: steadier than what a clock says on a busy machine. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const ROOT = '/sys/fs/cgroup/cpuacct'
/** Sandboxes take their own control groups down after their runtime is closed. */
const ENDING_MS = 10_000

/** Processor time since it was made, in ms. */
export interface ProcessorTime extends AsyncDisposable {
  readMs(): number
}

/** Counts from now on, in a control group (version 1) of its own; null where the host has none. */
export function countProcessorTime(): ProcessorTime | null {
  const group = `${ROOT}/exectrail-bench-${process.pid}`
  try {
    mkdirSync(group)
    moveInto(group, process.pid)
  } catch {
    return null
  }
  return {
    readMs: () => Number(readFileSync(`${group}/cpuacct.usage`, 'utf8')) / 1e6,
    [Symbol.asyncDispose]: () => removeGroup(group),
  }
}

/** Removes a group; what still runs in it goes on in the group above. */
async function removeGroup(group: string): Promise<void> {
  const deadline = performance.now() + ENDING_MS
  for (;;) {
    try {
      for (const pid of processesOf(group)) moveInto(ROOT, pid)
      return rmdirSync(group)
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(50)
    }
  }
}

function processesOf(group: string): number[] {
  return readFileSync(`${group}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number)
}

function moveInto(group: string, pid: number): void {
  writeFileSync(`${group}/cgroup.procs`, String(pid))
}
