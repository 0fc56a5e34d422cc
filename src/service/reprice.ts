/** Computes the costs of stored executions again, by another price book. */
import { COST_FIELDS, type Costs, type Pricing } from '../cost/pricing.ts'
import type { Store } from '../store/client.ts'
import { readPricedRows, writeNewCosts, type PricedRow } from '../store/queries/repriced-rows.ts'
import { noteReplaced } from '../store/rollups/replaced.ts'
import type { Scope, Window } from '../store/scope.ts'

/** Rows of one statement. */
const PAGE = 500

const AMOUNTS = ['costRunNanoUsd', 'costAllocatedNanoUsd', 'costTokensNanoUsd'] as const
/** 10⁻⁹ USD: sums of what is known. */
type Sums = Record<(typeof AMOUNTS)[number], number>

export interface PriceChange {
  /** `priceId` of the executions before and after; null is unpriced. */
  from: string | null
  to: string | null
  count: number
  before: Sums
  after: Sums
}

export interface Repricing {
  window: Window
  /** Executions that were looked at. */
  count: number
  changedCount: number
  /** Whether the new costs were written. */
  applied: boolean
  /** The changed ones, by the prices before and after. */
  changes: readonly PriceChange[]
}

/** Goes through the window; writes only with `mode: 'apply'`. Repeated, it finds nothing to change. */
export async function reprice(
  { store, scope, pricing }: { store: Store; scope: Scope; pricing: Pricing },
  { window, mode }: { window: Window; mode: 'dry run' | 'apply' },
): Promise<Repricing> {
  const changes = new Map<string, PriceChange>()
  let [count, changedCount] = [0, 0]
  let after: PricedRow | null = null
  do {
    const rows: PricedRow[] = await readPricedRows(store, { scope, window, after, limit: PAGE })
    const changed = await findChanged(rows, pricing, changes)
    if (mode === 'apply' && changed.length > 0) await writeNewCosts(store, { scope, window, rows: changed })
    count += rows.length
    changedCount += changed.length
    after = rows.length < PAGE ? null : (rows.at(-1) ?? null)
  } while (after !== null)
  if (mode === 'apply' && changedCount > 0) await noteReplaced(store, { scope, window })
  return { window, count, changedCount, applied: mode === 'apply', changes: [...changes.values()] }
}

async function findChanged(
  rows: readonly PricedRow[],
  pricing: Pricing,
  changes: Map<string, PriceChange>,
): Promise<PricedRow[]> {
  const changed: PricedRow[] = []
  for (const row of rows) {
    const priced = pricing.costsOf(row)
    const costs = priced instanceof Promise ? await priced : priced
    if (COST_FIELDS.every((name) => row[name] === costs[name])) continue
    changed.push(Object.assign({}, row, costs))
    note(changes, row, costs)
  }
  return changed
}

function note(changes: Map<string, PriceChange>, row: Costs, costs: Costs): void {
  const key = JSON.stringify([row.priceId, costs.priceId])
  const found = changes.get(key) ?? {
    from: row.priceId,
    to: costs.priceId,
    count: 0,
    before: nothing(),
    after: nothing(),
  }
  changes.set(key, found)
  found.count += 1
  for (const name of AMOUNTS) {
    found.before[name] += row[name] ?? 0
    found.after[name] += costs[name] ?? 0
  }
}

function nothing(): Sums {
  return { costRunNanoUsd: 0, costAllocatedNanoUsd: 0, costTokensNanoUsd: 0 }
}
