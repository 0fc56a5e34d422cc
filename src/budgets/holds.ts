/** What an executor reserves of each budget for what it runs. */
import type { Hold } from '../metadata/budget-ledger.ts'

/** What an execution reserves of each budget that it is under. */
export interface Reservation {
  budgetIds: readonly string[]
  /** 10⁻⁹ USD; 0 where it is unknown. */
  nanoUsd: number
}

/** Adds a reservation to what is held, or takes it back. */
export function changeHolds(held: Map<string, Hold>, { budgetIds, nanoUsd }: Reservation, by: 1 | -1): void {
  for (const budgetId of budgetIds) {
    const { reservedNanoUsd = 0, runningCount = 0 } = held.get(budgetId) ?? {}
    const left = runningCount + by
    if (left > 0)
      held.set(budgetId, { budgetId, reservedNanoUsd: reservedNanoUsd + by * nanoUsd, runningCount: left })
    else held.delete(budgetId)
  }
}
