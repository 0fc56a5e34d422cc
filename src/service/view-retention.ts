/** How long the tables of the store keep their rows. */
import type { Store } from '../store/client.ts'
import { getRetention, type TableRetention } from '../store/queries/retention.ts'
import type { Scope } from '../store/scope.ts'

/** A table, and after how many days code, input, output and result of its rows are emptied; null: they stay with them. */
export type RetentionView = TableView & { contentDays: number | null }

/** A table as a key may see it: only keys of every organization see sizes of a shared store. */
type TableView = Pick<TableRetention, 'table' | 'ttl'> & {
  [Name in 'rows' | 'bytes']: number | null
} & Pick<TableRetention, 'oldestPartition'>

const HIDDEN = { rows: null, bytes: null, oldestPartition: null }

/** The tables with rows of executions. */
export async function viewRetention(
  { store, contentDays = null }: { store: Store; contentDays?: number | null },
  scope: Scope,
): Promise<RetentionView[]> {
  const tables = await getRetention(store)
  return tables.map(({ table, ttl, rows, bytes, oldestPartition }) => {
    const sizes = scope === 'all' ? { rows, bytes, oldestPartition } : HIDDEN
    return Object.assign({ table, ttl, contentDays: table === 'code_exec_logs' ? contentDays : null }, sizes)
  })
}
