/** Days of which nothing was kept when it was last looked at: their rows are read, which is never wrong. */
import type { Store } from '../client.ts'

/** So late, ms, are figures read at most that are kept for the first time. */
const FOR_MS = 30_000
const MOST = 1000

const found = new WeakMap<Store, Map<string, number>>()

/** @param days names them and whose they are */
export function isUnkept(store: Store, days: string): boolean {
  const at = found.get(store)?.get(days)
  return at !== undefined && performance.now() - at < FOR_MS
}

export function noteUnkept(store: Store, days: string): void {
  const own = found.get(store) ?? new Map<string, number>()
  if (own.size >= MOST) own.clear()
  found.set(store, own.set(days, performance.now()))
}
