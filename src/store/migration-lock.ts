/** One process at a time changes the tables: the lock is a table, which only one of them can create. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from './client.ts'
import { isTableThere } from './migrations.ts'

const LOCK = 'exectrail_migrations_lock'
const POLL_MS = 100
const RENEW_MS = 5000
/** A lock that has not been renewed for so long belongs to a process that is gone. */
const STALE_SECONDS = 30

/**
 * Waits for the lock, and does `work` while it has it. On a cluster it only works: `ON CLUSTER` statements queue in Keeper.
 * @throws {StoreError} and what `work` throws
 */
export async function withMigrationLock<T>(store: Store, work: () => Promise<T>): Promise<T> {
  if (store.cluster !== null) return work()
  while (!(await take(store))) await delay(POLL_MS)
  // One that fails is made up for by the next.
  const renewal = setInterval(() => void renew(store).catch(() => undefined), RENEW_MS)
  try {
    const result = await work()
    await release(store)
    return result
  } catch (error) {
    // The first error says more; where the store is away, the lock goes stale.
    await release(store).catch(() => undefined)
    throw error
  } finally {
    clearInterval(renewal)
  }
}

async function take(store: Store): Promise<boolean> {
  try {
    await store.command(`CREATE TABLE ${LOCK} (renewed UInt8) ENGINE = Memory`)
    return true
  } catch (error) {
    if (!isTableThere(error)) throw error
  }
  // Its holder lost its connection where the engine has started since. Both times are in whole seconds.
  const stale = await store.query(
    `SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = '${LOCK}'
       AND metadata_modification_time < greatest(now() - ${STALE_SECONDS}, now() - uptime() - 1)`,
  )
  if (stale.length > 0) await release(store)
  return false
}

/** Changes the time of its definition. */
async function renew(store: Store): Promise<void> {
  await store.command(`ALTER TABLE ${LOCK} MODIFY COMMENT 'renewed'`)
}

async function release(store: Store): Promise<void> {
  await store.command(`DROP TABLE IF EXISTS ${LOCK}`)
}
