/** The periods of budgets: days and months of UTC. */

export const BUDGET_PERIODS = ['day', 'month'] as const
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number]

const DAY_MS = 86_400_000

/** The period that a time lies in, half-open, ISO 8601 UTC. @param ms since the epoch */
export function periodAt(period: BudgetPeriod, ms: number): { from: string; to: string } {
  const day = Math.floor(ms / DAY_MS) * DAY_MS
  const [from, to] = period === 'day' ? [day, day + DAY_MS] : [monthStart(ms, 0), monthStart(ms, 1)]
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

/** Start of the month (UTC) that is `later` months after that of a time, ms. */
export function monthStart(ms: number, later: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
}
