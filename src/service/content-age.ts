/** How old content becomes. */
import { monthStart } from '../cost/period.ts'
import type { Store } from '../store/client.ts'
import { readExpiryDays } from '../store/retention/expiry.ts'

const DAY_MS = 86_400_000

/**
 * Content of executions that started before this time goes; null for none.
 * @param contentDays content goes with the month that ended so many days ago; null: with its executions
 * @param now ms since the epoch
 * @throws {StoreError}
 */
export async function readOldestKept(
  store: Store,
  contentDays: number | null,
  now: number,
): Promise<Date | null> {
  const days = await readExpiryDays(store)
  const times = [
    ...(contentDays === null ? [] : [monthStart(now - contentDays * DAY_MS, 0)]),
    ...(days === null ? [] : [now - days * DAY_MS]),
  ]
  return times.length === 0 ? null : new Date(Math.max(...times))
}
