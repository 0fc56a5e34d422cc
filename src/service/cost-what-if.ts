/** What the same executions would have cost on another runtime, from what they used. */
import type { PriceBook, ResourcePrice } from '../cost/price-book.ts'
import { resourceCost } from '../cost/resource-cost.ts'
import type { RuntimeName } from '../record/values.ts'
import type { Store } from '../store/client.ts'
import type { Filter } from '../store/filter.ts'
import {
  getMedianStartup,
  getResourceAmounts,
  type ResourceAmounts,
} from '../store/queries/resource-amounts.ts'
import type { Scope, Window } from '../store/scope.ts'

const MIB = 1_048_576
/** Start-up of a sandbox in the cloud where none was measured, ms. */
const STARTUP_MS = 1000
/** Executions from which a median is taken. */
const LEAST_STARTUPS = 20

export interface WhatIfQuestion {
  window: Window
  filter: Filter
  runtime: RuntimeName
  /** Of each sandbox, on e2b and bacalhau. */
  vcpus: number
  memoryMb: number
}

/** 10⁻⁹ USD */
export interface WhatIf {
  window: Window
  runtime: RuntimeName
  /** Executions that are estimated. */
  count: number
  /** What their resources did cost, as far as it is known; tokens cost the same anywhere. */
  actual: { costNanoUsd: number | null; unpricedCount: number }
  /** Null where the runtime has no price. */
  estimate: { costRunNanoUsd: number | null; costAllocatedNanoUsd: number | null; priceId: string | null }
  /** What the estimate takes for granted, in words. */
  assumptions: readonly string[]
}

/** Estimates the executions that match, at the prices of today. @param now ISO 8601 UTC */
export async function whatIf(
  { store, scope, prices }: { store: Store; scope: Scope; prices: PriceBook },
  question: WhatIfQuestion,
  now: string,
): Promise<WhatIf> {
  const { window, filter, runtime, memoryMb } = question
  const isAllocating = runtime === 'e2b' || runtime === 'bacalhau'
  const amounts = await getResourceAmounts(store, {
    scope,
    window,
    filter,
    memoryBytes: memoryMb * MIB,
    measured: isAllocating ? 'any' : 'used',
  })
  const startup = isAllocating
    ? await getMedianStartup(store, { scope, window, runtime, least: LEAST_STARTUPS })
    : null
  const price = prices.resourcePrice(runtime, now)
  const startupMs = startup ?? STARTUP_MS
  const cost = isAllocating
    ? allocatingCost(question, amounts, startupMs, price)
    : usedCost(runtime, amounts, price)
  return {
    window,
    runtime,
    count: amounts.count,
    actual: { costNanoUsd: amounts.costNanoUsd, unpricedCount: amounts.unpricedCount },
    estimate: { ...cost, priceId: cost.costRunNanoUsd === null ? null : (price?.id ?? null) },
    assumptions: isAllocating
      ? allocatingAssumptions(question, amounts, startup)
      : usedAssumptions(amounts, price),
  }
}

const UNKNOWN = { costRunNanoUsd: null, costAllocatedNanoUsd: null }
const NOTHING = {
  startupMs: 0,
  cpuMs: null,
  memoryPeakBytes: null,
  limitMemoryBytes: null,
  allocatedVcpus: null,
  allocatedMemoryBytes: null,
  heldFromMs: null,
  heldUntilMs: null,
}

/** Costs are linear in time, so those of all executions are the cost of one that takes as long as all of them. */
function allocatingCost(
  { runtime, vcpus, memoryMb }: WhatIfQuestion,
  { durationMs, count }: ResourceAmounts,
  startupMs: number,
  price: ResourcePrice | null,
): typeof UNKNOWN | ReturnType<typeof resourceCost> {
  if (price === null) return UNKNOWN
  return resourceCost(
    {
      ...NOTHING,
      runtime,
      durationMs,
      allocatedVcpus: vcpus,
      allocatedMemoryBytes: memoryMb * MIB,
      heldFromMs: 0,
      heldUntilMs: durationMs + count * startupMs,
    },
    price,
  )
}

/** The same with memory that is, over all that time, as much as all of them used. */
function usedCost(
  runtime: RuntimeName,
  amounts: ResourceAmounts,
  price: ResourcePrice | null,
): typeof UNKNOWN | ReturnType<typeof resourceCost> {
  const { durationMs, startupMs, cpuMs, peakByteMs, heldByteMs } = amounts
  if (price === null) return UNKNOWN
  return resourceCost(
    {
      ...NOTHING,
      runtime,
      durationMs,
      startupMs,
      cpuMs,
      memoryPeakBytes: Math.round(peakByteMs / Math.max(durationMs, 1e-3)),
      limitMemoryBytes: Math.round(heldByteMs / Math.max(durationMs + startupMs, 1e-3)),
    },
    price,
  )
}

function allocatingAssumptions(
  { runtime, vcpus, memoryMb }: WhatIfQuestion,
  { tooLargeCount }: ResourceAmounts,
  startup: number | null,
): string[] {
  return [
    `each execution has a sandbox of its own with ${vcpus} vCPUs and ${memoryMb} MiB on ${runtime}`,
    'each takes as long there as it did',
    startup === null
      ? `start-up takes ${STARTUP_MS} ms, because there are fewer than ${LEAST_STARTUPS} executions on ${runtime} to measure it by`
      : `start-up takes ${Math.round(startup)} ms, the median of ${runtime} in this window`,
    ...(tooLargeCount === 0
      ? []
      : [`${tooLargeCount} executions used more than ${memoryMb} MiB and would need larger sandboxes`]),
    'prices are those of today',
  ]
}

function usedAssumptions({ unmeasuredCount }: ResourceAmounts, price: ResourcePrice | null): string[] {
  return [
    'each execution uses as much processor time and memory, and takes as long, as it did',
    'the node is paid only while it is used; what it costs when idle is not in the price',
    ...(unmeasuredCount === 0
      ? []
      : [
          `${unmeasuredCount} executions are left out, because their processor time or memory was not measured`,
        ]),
    ...(price === null || price.perVcpuSecond === null || price.perGibSecond === null
      ? ['this runtime has no price: set EXECTRAIL_PRICES, see docs/costs.md']
      : ['prices are those of today']),
  ]
}
