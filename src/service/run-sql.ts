import type { Store } from '../store/client.ts'
import { runSql as querySql } from '../store/queries/run-sql.ts'

/** Rows of a free question, and what their columns are. */
export interface SqlAnswer {
  data: readonly Readonly<Record<string, unknown>>[]
  columns: readonly { name: string; type: string }[]
}

/**
 * Asks the store in SQL with no more than read rights, until `signal` aborts. Numbers keep their digits.
 * @throws {StoreError} `query_refused` in ClickHouse's own words
 */
export function runSql(store: Store, query: string, signal?: AbortSignal): Promise<SqlAnswer> {
  return querySql(store, query, signal)
}
