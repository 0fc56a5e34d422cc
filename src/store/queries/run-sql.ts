import type { ReadOnlyResult, Store } from '../client.ts'

const MAX_ROWS = 100_000

/**
 * Runs a caller's read-only statement with at most 100,000 rows; it ends when `signal` aborts.
 * @throws {StoreError} `query_refused` with ClickHouse's message
 */
export function runSql(store: Store, sql: string, signal?: AbortSignal): Promise<ReadOnlyResult> {
  return store.queryReadOnly(sql, { maxRows: MAX_ROWS, ...(signal !== undefined && { signal }) })
}
