import type { ReadOnlyOptions, ReadOnlyResult, Store } from '../client.ts'

/** Rows of an answer, at most. */
export const SQL_MAX_ROWS = 100_000

/**
 * Runs a caller's read-only statement with at most 100,000 rows; it ends when `signal` aborts.
 * @throws {StoreError} `query_refused` with ClickHouse's message
 */
export function runSql(
  store: Store,
  sql: string,
  options: Pick<ReadOnlyOptions, 'rows' | 'signal'> = {},
): Promise<ReadOnlyResult> {
  return store.queryReadOnly(sql, { maxRows: SQL_MAX_ROWS, ...options })
}
