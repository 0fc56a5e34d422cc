/** Changes of code agents by this process: its executors see them at once, those by others within a second. */
import type { Transaction } from 'kysely'
import type { Database } from '../metadata/database.ts'
import type { Tables } from '../metadata/tables.ts'

let changes = 0

/** Differs once something has changed: what was read before is read again. */
export function agentChanges(): number {
  return changes
}

/** A transaction that changes which version a reference stands for, or who may run it. */
export async function changing<T>(
  queries: Database['queries'],
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  try {
    return await queries.transaction().execute(work)
  } finally {
    changes += 1
  }
}
