/** How the costs of an execution come about, as docs/costs.md has it. */
import { formatBytes, formatCount, formatMs, formatUsd } from '../../../format.ts'
import type { PriceLines } from '../../../cost/price-book.ts'
import type { Ended } from '../../data/execution.ts'

export interface CostLine {
  name: string
  /** In USD, or `unknown`. */
  amount: string
  /** How it is computed from this record, or why it is unknown. */
  formula: string
}

/** @param lines of the price book; undefined while they are not known */
export function costsOf(record: Ended, lines: PriceLines | undefined): CostLine[] {
  const prices = pricesOf(record, lines)
  return [
    {
      name: 'Run',
      amount: amountOf(record.costRunNanoUsd),
      formula: record.costRunNanoUsd === null ? whyUnknown(record) : runFormula(record, prices),
    },
    {
      name: 'Held for it',
      amount: amountOf(record.costAllocatedNanoUsd),
      formula: record.costAllocatedNanoUsd === null ? whyUnknown(record) : heldFormula(record, prices),
    },
    { name: 'Tokens', amount: amountOf(record.costTokensNanoUsd), formula: tokensFormula(record, prices) },
  ]
}

/** What stands for the prices in a formula: amounts, or words where the book no longer has the line. */
interface Prices {
  vcpu: string
  memory: string
  input: string
  output: string
}

function pricesOf({ priceId }: Ended, lines: PriceLines | undefined): Prices {
  // The id of a run with tokens is that of both prices.
  const ids = new Set(priceId?.split('+'))
  const runtime = lines?.resources.find(({ id }) => ids.has(id))
  const model = lines?.models.find(({ id }) => ids.has(id))
  return {
    vcpu: priceIn(runtime?.usdPerVcpuSecond, 'vCPU s', 'price of a vCPU'),
    memory: priceIn(runtime?.usdPerGibSecond, 'GiB s', 'price of memory'),
    input: priceIn(model?.usdPerMillionInputTokens, 'million', 'price'),
    output: priceIn(model?.usdPerMillionOutputTokens, 'million', 'price'),
  }
}

function priceIn(usd: string | null | undefined, unit: string, words: string): string {
  return usd === null || usd === undefined ? words : `$${usd} per ${unit}`
}

/** Unknown is not 0. */
function amountOf(nanoUsd: number | null): string {
  return nanoUsd === null ? 'unknown' : formatUsd(nanoUsd)
}

function runFormula(record: Ended, prices: Prices): string {
  const { allocatedVcpus, allocatedMemoryBytes, durationMs, cpuMs, memoryPeakBytes } = record
  return allocatedVcpus === null
    ? sum(prices, formatMs(cpuMs), formatBytes(memoryPeakBytes), formatMs(durationMs))
    : sum(
        prices,
        `${formatCount(allocatedVcpus)} vCPU × ${formatMs(durationMs)}`,
        formatBytes(allocatedMemoryBytes),
        formatMs(durationMs),
      )
}

function heldFormula(record: Ended, prices: Prices): string {
  const { allocatedVcpus, allocatedMemoryBytes, heldFromMs, heldUntilMs, durationMs, startupMs } = record
  const heldMs =
    heldFromMs !== null && heldUntilMs !== null ? heldUntilMs - heldFromMs : startupMs + durationMs
  if (allocatedVcpus !== null)
    return sum(
      prices,
      `${formatCount(allocatedVcpus)} vCPU × ${formatMs(heldMs)}`,
      formatBytes(allocatedMemoryBytes),
      formatMs(heldMs),
    )
  const memory = record.limitMemoryBytes ?? record.memoryPeakBytes
  return sum(prices, formatMs(record.cpuMs), formatBytes(memory), formatMs(heldMs))
}

function sum(prices: Prices, processor: string, memory: string, time: string): string {
  return `${processor} × ${prices.vcpu} + ${memory} × ${time} × ${prices.memory}`
}

function tokensFormula(record: Ended, { input, output }: Prices): string {
  const { inputTokens, outputTokens, tokensUsed, model, costTokensNanoUsd } = record
  if (tokensUsed === null && inputTokens === null && outputTokens === null)
    return 'No tokens were given with the request (`usage`).'
  const counts = `${formatCount(inputTokens)} in × ${input} + ${formatCount(outputTokens)} out × ${output}`
  const of = model === null ? '' : ` of ${model}`
  return costTokensNanoUsd === null ? `${counts}${of}; no price of it is known.` : `${counts}${of}`
}

function whyUnknown({ priceId, cpuMs, memoryPeakBytes, allocatedVcpus, runtime }: Ended): string {
  if (allocatedVcpus === null && (cpuMs === null || memoryPeakBytes === null))
    return 'Processor time or memory was not measured.'
  if (priceId === null) return `No price of ${runtime} is set for that day; EXECTRAIL_PRICES sets one.`
  return `The price ${priceId} does not say it.`
}
