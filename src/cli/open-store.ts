import type { Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import { createStore, type Store } from '../store/client.ts'

/** Opens the store of `CLICKHOUSE_URL`, or of the running stack of this home; null when there is neither. */
export async function openStore(config: Config): Promise<Store | null> {
  const { url, user, password, database, cluster } = config.clickhouse
  if (url !== null) return createStore({ url, user, password, database, cluster })
  const endpoints = await readEndpoints(config.home)
  if (endpoints === null) return null
  const { clickhouse, clickhouseUser, clickhousePassword } = endpoints
  return createStore({ url: clickhouse, user: clickhouseUser, password: clickhousePassword, database })
}

/**
 * Calls `use` with that store.
 * @throws {ExectrailError} `store_unavailable` when there is none
 */
export async function withStore<T>(config: Config, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(config)
  if (store === null)
    throw new ExectrailError('store_unavailable', `no store is known for ${config.home}`, {
      hint: 'Set CLICKHOUSE_URL, or start the stack with `exectrail up`.',
    })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
