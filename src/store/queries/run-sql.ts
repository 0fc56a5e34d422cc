import type { ReadOnlyAnswer, Store } from '../client.ts'

const MAX_ROWS = 100_000

/**
 * A caller's own statement, with no more than read rights and at most 100,000 rows; it ends when `signal` aborts.
 * @throws {StoreError} `query_refused` in ClickHouse's own words
 */
export function runSql(store: Store, sql: string, signal?: AbortSignal): Promise<ReadOnlyAnswer> {
  return store.queryReadOnly(sql, { maxRows: MAX_ROWS, ...(signal !== undefined && { signal }) })
}
