import type { Store } from '../store/client.ts'
import { runSql as querySql } from '../store/queries/run-sql.ts'

/** Rows and columns of an SQL query. */
export interface SqlAnswer {
  data: readonly Readonly<Record<string, unknown>>[]
  columns: readonly { name: string; type: string }[]
}

/**
 * Runs a read-only SQL query, until `signal` aborts. Numbers keep all their digits.
 * @throws {StoreError} `query_refused` with ClickHouse's message
 */
export function runSql(store: Store, query: string, signal?: AbortSignal): Promise<SqlAnswer> {
  return querySql(store, query, signal)
}
