/** Reading what programs print takes time of the executor's event loop, which all runs share. */
import { setTimeout as pause } from 'node:timers/promises'
import { processorUse } from '../processor-use.ts'
import type { RuntimeIo } from '../runtime.ts'

const STEP_BYTES = 1_048_576
/** ms of processor time that this process takes to read one step. */
const STEP_MS = 0.4
/** ms after each step of a heavy organization's output in which none of it is read. */
const PAUSE_MS = 10

/** The `io` of a run whose output counts as its organization's processor time, and is read slowly while that is heavy. */
export function readFairly(io: RuntimeIo, organizationId: string): RuntimeIo {
  let left = STEP_BYTES
  return {
    ...io,
    onOutput(chunk) {
      const taken = io.onOutput(chunk)
      left -= chunk.bytes.length
      if (left > 0) return taken
      left = STEP_BYTES
      processorUse.add(organizationId, { cpuMs: STEP_MS, timeMs: 0 })
      return processorUse.weigh(organizationId) === 'light' ? taken : pauseAfter(taken)
    },
  }
}

async function pauseAfter(taken: void | Promise<void>): Promise<void> {
  await taken
  await pause(PAUSE_MS)
}
