import type { Store } from '../client.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

/** How long after their start the rows of executions arrive. */
export interface ArrivalLag {
  /** Rows that it is measured over. */
  count: number
  /** Within which 99 % of them arrived, ms by the store's clock; null without rows. */
  p99Ms: number | null
}

/** Of the executions that started in a window. */
export async function getArrivalLag(
  store: Store,
  { scope, window }: { scope: Scope; window: Window },
): Promise<ArrivalLag> {
  const where = tenantCondition(scope, window)
  const [row] = await store.query<{ n: string; lag: number | null }>(
    `SELECT count() AS n, if(n = 0, NULL, quantileTDigest(0.99)(toFloat64(
       toUnixTimestamp64Milli(inserted_at) - toUnixTimestamp64Milli(started_at)))) AS lag
     FROM code_exec_logs WHERE ${where.sql}`,
    where.parameters,
  )
  return { count: Number(row?.n ?? 0), p99Ms: row?.lag ?? null }
}
