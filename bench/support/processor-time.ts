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
    moveInto(group)
  } catch {
    return null
  }
  return {
    readMs: () => Number(readFileSync(`${group}/cpuacct.usage`, 'utf8')) / 1e6,
    async [Symbol.asyncDispose]() {
      moveInto(ROOT)
      await removeGroup(group)
    },
  }
}

async function removeGroup(group: string): Promise<void> {
  const deadline = performance.now() + ENDING_MS
  for (;;) {
    try {
      return rmdirSync(group)
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(50)
    }
  }
}

function moveInto(group: string): void {
  writeFileSync(`${group}/cgroup.procs`, String(process.pid))
}
