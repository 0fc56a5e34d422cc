import type { Store } from './client.ts'

/** What time it is by the store's clock, ms since the epoch; `inserted_at` has its times. */
export async function readStoreClock(store: Store): Promise<number> {
  const [row] = await store.query<{ now_ms: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now_ms')
  return Number(row?.now_ms)
}
