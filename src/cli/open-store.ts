import type { Config } from '../config.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import { createStore, type Store } from '../store/client.ts'

/** Opens the store of `CLICKHOUSE_URL`, or of the running stack of this home; null when there is neither. */
export async function openStore(config: Config): Promise<Store | null> {
  const { url, user, password, database } = config.clickhouse
  if (url !== null) return createStore({ url, user, password, database })
  const endpoints = await readEndpoints(config.home)
  if (endpoints === null) return null
  const { clickhouse, clickhouseUser, clickhousePassword } = endpoints
  return createStore({ url: clickhouse, user: clickhouseUser, password: clickhousePassword, database })
}
