/** The costs of an execution, computed once, from its record. */
import type { ExecutionRecord } from '../record/record.ts'
import type { PriceBook } from './price-book.ts'
import { RESOURCE_FIELDS, resourceCost } from './resource-cost.ts'
import { TokenPrices, type TokenCost } from './token-cost.ts'

/** The fields of a record that its costs are computed from. */
export const PRICED_FIELDS = [
  ...RESOURCE_FIELDS,
  'startedAt',
  'model',
  'inputTokens',
  'outputTokens',
] as const
export type Priced = Pick<ExecutionRecord, (typeof PRICED_FIELDS)[number]>

/** The fields that hold costs. */
export const COST_FIELDS = ['costRunNanoUsd', 'costAllocatedNanoUsd', 'costTokensNanoUsd', 'priceId'] as const
export type Costs = Pick<ExecutionRecord, (typeof COST_FIELDS)[number]>

export interface Pricing {
  readonly book: PriceBook
  /** Begins to load the prices that an execution will need. */
  prepare(started: Pick<Priced, 'model' | 'startedAt' | 'inputTokens' | 'outputTokens'>): void
  /** The costs of an execution; a promise while the prices of tokens are not loaded yet. */
  costsOf(record: Priced): Costs | Promise<Costs>
}

export function createPricing(book: PriceBook, tokens: TokenPrices = new TokenPrices(book)): Pricing {
  return {
    book,
    prepare(started) {
      if (started.model !== null && hasTokens(started)) tokens.prepare(started.model, started.startedAt)
    },
    costsOf(record) {
      const { model, startedAt: time } = record
      if (model === null || !hasTokens(record)) return costsOf(book, record, null)
      const cost = tokens.costOf({ ...record, model, time })
      return cost instanceof Promise
        ? cost.then((found) => costsOf(book, record, found))
        : costsOf(book, record, cost)
    },
  }
}

function hasTokens({ inputTokens, outputTokens }: Pick<Priced, 'inputTokens' | 'outputTokens'>): boolean {
  return inputTokens !== null || outputTokens !== null
}

function costsOf(book: PriceBook, record: Priced, tokens: TokenCost | null): Costs {
  const price = book.resourcePrice(record.runtime, record.startedAt)
  const { costRunNanoUsd = null, costAllocatedNanoUsd = null } =
    price === null ? {} : resourceCost(record, price)
  const isPriced = costRunNanoUsd !== null || costAllocatedNanoUsd !== null
  const ids = [isPriced ? price?.id : undefined, tokens?.id].filter((id) => id !== undefined)
  return {
    costRunNanoUsd,
    costAllocatedNanoUsd,
    costTokensNanoUsd: tokens?.nanoUsd ?? null,
    priceId: ids.length === 0 ? null : ids.join('+'),
  }
}
