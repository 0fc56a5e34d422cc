import { ExectrailError } from '../errors.ts'
import type { Store } from '../store/client.ts'
import { runSql as querySql } from '../store/queries/run-sql.ts'
import type { Scope, Window } from '../store/scope.ts'
import { resolveWindow } from './window.ts'

/** Rows and columns of an SQL query. */
export interface SqlAnswer {
  data: readonly Readonly<Record<string, unknown>>[]
  columns: readonly { name: string; type: string }[]
  /** The window of the rows that it read; null for an administrator's query, which sees all. */
  window: Window | null
}

export interface SqlStores {
  /** As the user for administrators' SQL. */
  sqlStore: Store
  /** As the user for the SQL of one organization; null where the store cannot hold it to its rows. */
  callerStore: Store | null
}

export interface SqlQuestion {
  query: string
  /** Whose rows. */
  scope: Scope
  /** Over the start of executions and spans; by default the last 30 days. Not with the scope 'all'. */
  from?: string | undefined
  to?: string | undefined
  signal?: AbortSignal
}

/**
 * Runs a read-only SQL query, until `signal` aborts. Numbers keep all their digits.
 * @throws {StoreError} `query_refused` with the reason; {ExectrailError} `forbidden` where a store takes no bound SQL
 */
export async function runSql(
  { sqlStore, callerStore }: SqlStores,
  { query, scope, from, to, signal }: SqlQuestion,
): Promise<SqlAnswer> {
  if (scope === 'all') return { ...(await querySql(sqlStore, query, { signal })), window: null }
  if (callerStore === null) throw cannotBind()
  const window = resolveWindow({ from, to }, Date.now())
  const rows = { tenant: scope, window }
  return { ...(await querySql(callerStore, query, { rows, signal })), window }
}

function cannotBind(): ExectrailError {
  return new ExectrailError('forbidden', 'this store cannot hold SQL to the rows of one organization', {
    hint: 'Use /v1/executions and its filters. An administrator opens SQL to this key: docs/sql.md says how.',
  })
}
