/** What the resources of one execution cost: a function of its record and of one line of the price book. */
import type { ExecutionRecord } from '../record/record.ts'
import type { RuntimeName } from '../record/values.ts'
import { divideRounded, PRICE_UNITS_PER_NANO_USD, toMicroseconds, toThousandths } from './money.ts'
import type { ResourcePrice } from './price-book.ts'

/** The fields of a record that its resources are priced from. */
export const RESOURCE_FIELDS = [
  'runtime',
  'durationMs',
  'startupMs',
  'cpuMs',
  'memoryPeakBytes',
  'limitMemoryBytes',
  'allocatedVcpus',
  'allocatedMemoryBytes',
  'heldFromMs',
  'heldUntilMs',
] as const
export type ResourceUse = Pick<ExecutionRecord, (typeof RESOURCE_FIELDS)[number]>

/** 10⁻⁹ USD; null is unknown. */
export interface ResourceCost {
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
}

/** Their price is on what was allocated, used or not. On the others it is on what was used. */
const ALLOCATING: ReadonlySet<RuntimeName> = new Set(['e2b', 'bacalhau'])

const MICROSECONDS = 1_000_000n
const GIB = 2n ** 30n
const THOUSAND = 1000n
/** What thousandths × µs × 2³⁰ × price, and bytes × µs × 1000 × price, are divided by for 10⁻⁹ USD. */
const DIVISOR = THOUSAND * MICROSECONDS * GIB * PRICE_UNITS_PER_NANO_USD

/** Processors for a time, and memory for a time. */
interface Amount {
  thousandthsOfVcpu: bigint | null
  vcpuUs: bigint | null
  bytes: bigint | null
  memoryUs: bigint
}

/** Costs of the resources that an execution used and held; what cannot be known is null, never 0. */
export function resourceCost(measured: ResourceUse, price: ResourcePrice): ResourceCost {
  const use = finiteUse(measured)
  if (use === null) return { costRunNanoUsd: null, costAllocatedNanoUsd: null }
  if (use.durationMs === 0 && use.startupMs === 0 && use.heldUntilMs === null) return nothingHeld(price)
  return ALLOCATING.has(use.runtime) ? costOfAllocated(use, price) : costOfUsed(use, price)
}

/** A runtime may report NaN or a part of a byte: what is no number is unknown. Null where a time that every run has is. */
function finiteUse(use: ResourceUse): ResourceUse | null {
  if (!Number.isFinite(use.durationMs) || !Number.isFinite(use.startupMs)) return null
  return {
    ...use,
    cpuMs: known(use.cpuMs),
    memoryPeakBytes: whole(use.memoryPeakBytes),
    limitMemoryBytes: whole(use.limitMemoryBytes),
    allocatedVcpus: known(use.allocatedVcpus),
    allocatedMemoryBytes: whole(use.allocatedMemoryBytes),
    heldFromMs: known(use.heldFromMs),
    heldUntilMs: known(use.heldUntilMs),
  }
}

function known(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

function whole(value: number | null): number | null {
  const bytes = known(value)
  return bytes === null ? null : Math.round(Math.max(0, bytes))
}

function nothingHeld({ perVcpuSecond, perGibSecond }: ResourcePrice): ResourceCost {
  const cost = perVcpuSecond === null || perGibSecond === null ? null : 0
  return { costRunNanoUsd: cost, costAllocatedNanoUsd: cost }
}

/**
 * The cost of a stretch of a sandbox's life is that of the life until its end, less that until its beginning, each
 * rounded: stretches that follow each other add up to the cost of the whole life, to the last digit.
 */
function costOfAllocated(use: ResourceUse, price: ResourcePrice): ResourceCost {
  const until = (ms: number | null): bigint | null =>
    ms === null ? null : costOf(allocatedFor(use, toMicroseconds(ms)), price)
  const [begin, end] = [until(use.heldFromMs), until(use.heldUntilMs)]
  const allocated = begin === null || end === null ? null : end - begin
  const run = until(use.durationMs)
  return {
    costRunNanoUsd: toNumber(run === null || allocated === null || run < allocated ? run : allocated),
    costAllocatedNanoUsd: toNumber(allocated),
  }
}

function allocatedFor({ allocatedVcpus, allocatedMemoryBytes }: ResourceUse, us: bigint): Amount {
  return {
    thousandthsOfVcpu: allocatedVcpus === null ? null : toThousandths(allocatedVcpus),
    vcpuUs: us,
    bytes: allocatedMemoryBytes === null ? null : BigInt(allocatedMemoryBytes),
    memoryUs: us,
  }
}

/** Of processors the time they worked; of memory the peak while the code ran, or the limit from the start-up on. */
function costOfUsed(use: ResourceUse, price: ResourcePrice): ResourceCost {
  const { cpuMs, memoryPeakBytes, limitMemoryBytes, durationMs, startupMs } = use
  const processors = {
    thousandthsOfVcpu: THOUSAND,
    vcpuUs: cpuMs === null ? null : toMicroseconds(cpuMs),
  }
  const held = Math.max(memoryPeakBytes ?? 0, limitMemoryBytes ?? 0)
  const isHeldKnown = memoryPeakBytes !== null || limitMemoryBytes !== null
  const run = {
    bytes: memoryPeakBytes === null ? null : BigInt(memoryPeakBytes),
    memoryUs: toMicroseconds(durationMs),
  }
  const allocated = {
    bytes: isHeldKnown ? BigInt(held) : null,
    memoryUs: toMicroseconds(startupMs) + run.memoryUs,
  }
  return {
    costRunNanoUsd: toNumber(costOf({ ...processors, ...run }, price)),
    costAllocatedNanoUsd: toNumber(costOf({ ...processors, ...allocated }, price)),
  }
}

/** Null where a price is unknown, or an amount that has one. */
function costOf(amount: Amount, { perVcpuSecond, perGibSecond }: ResourcePrice): bigint | null {
  const { thousandthsOfVcpu, vcpuUs, bytes, memoryUs } = amount
  if (perVcpuSecond === null || perGibSecond === null) return null
  const processors =
    perVcpuSecond === 0n
      ? 0n
      : thousandthsOfVcpu === null || vcpuUs === null
        ? null
        : thousandthsOfVcpu * vcpuUs
  const memory = perGibSecond === 0n ? 0n : bytes === null ? null : bytes * memoryUs
  if (processors === null || memory === null) return null
  return divideRounded(processors * GIB * perVcpuSecond + memory * THOUSAND * perGibSecond, DIVISOR)
}

/** Null beyond what a column of 64 bits and a number of JavaScript hold exactly: 9 million USD. */
function toNumber(nanoUsd: bigint | null): number | null {
  return nanoUsd === null || nanoUsd > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(nanoUsd)
}
