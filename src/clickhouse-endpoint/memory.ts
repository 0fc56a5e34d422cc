/** How much memory the engine may take. */
import { totalmem } from 'node:os'

const MIN_BYTES = 512 * 1_048_576
const MAX_BYTES = 4 * 1_073_741_824

/** Bytes: half of what the host or its container grants, within bounds. */
export function engineMemory(): number {
  const granted = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return Math.max(MIN_BYTES, Math.min(MAX_BYTES, Math.floor(granted / 2)))
}
