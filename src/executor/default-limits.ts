/** Limits of executions that ask for none. */
import type { Limits, LimitsRequest } from '../execution.ts'

const MIB = 1_048_576
const MEMORY_MB = 512

export const DEFAULT_LIMITS: Limits = {
  timeoutMs: 30_000,
  cpuMs: null,
  memoryBytes: MEMORY_MB * MIB,
  pids: 64,
  outputBytes: MIB,
  outputPolicy: 'truncate',
  diskBytes: 64 * MIB,
  openFiles: 256,
}

const { cpuMs: _none, memoryBytes: _bytes, ...others } = DEFAULT_LIMITS

/** The same as a request has them. */
export const DEFAULT_LIMITS_REQUEST = { ...others, memoryMb: MEMORY_MB } satisfies LimitsRequest
