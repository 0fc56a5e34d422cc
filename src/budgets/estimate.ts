/** What an execution may cost at most by its limits, before it runs. */
import type { ExecutionRecord, StartedRecord } from '../record/record.ts'
import type { Pricing } from '../cost/pricing.ts'

/** What is known before the run. */
export type Planned = Pick<
  StartedRecord,
  'runtime' | 'startedAt' | 'model' | 'inputTokens' | 'outputTokens' | 'limitTimeoutMs' | 'limitMemoryBytes'
> & {
  /** Processor time of the whole tree, ms; null is no limit. */
  limitCpuMs: number | null
}

/** E2B's default sandbox, docs.e2b.dev/docs/sandbox, read on 2026-08-06. */
const USUAL_VCPUS = 2
const USUAL_BYTES = 536_870_912

/** Known parts of a cost, 10⁻⁹ USD: what was held, or where that is unknown used, and the tokens. Null: nothing is known. */
export function wholeCost({
  costAllocatedNanoUsd,
  costRunNanoUsd,
  costTokensNanoUsd,
}: Pick<ExecutionRecord, 'costAllocatedNanoUsd' | 'costRunNanoUsd' | 'costTokensNanoUsd'>): number | null {
  const resources = costAllocatedNanoUsd ?? costRunNanoUsd
  return resources === null && costTokensNanoUsd === null ? null : (resources ?? 0) + (costTokensNanoUsd ?? 0)
}

/**
 * The cost of a run that uses its time and memory limits up on one processor, with its tokens; of E2B and Bacalhau in a
 * sandbox of 2 vCPUs and 512 MiB. 10⁻⁹ USD; null where no price is known.
 */
export async function estimateCost(pricing: Pricing, planned: Planned): Promise<number | null> {
  const { limitTimeoutMs: durationMs, limitMemoryBytes, limitCpuMs } = planned
  const costs = await pricing.costsOf({
    ...planned,
    durationMs,
    startupMs: 0,
    cpuMs: Math.min(limitCpuMs ?? durationMs, durationMs),
    memoryPeakBytes: limitMemoryBytes,
    allocatedVcpus: USUAL_VCPUS,
    allocatedMemoryBytes: USUAL_BYTES,
    heldFromMs: 0,
    heldUntilMs: durationMs,
  })
  return wholeCost(costs)
}
