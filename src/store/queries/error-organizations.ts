import type { Store } from '../client.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** The organizations of the scope in which a group of errors was seen, at most `limit`. */
export async function getErrorOrganizations(
  store: Store,
  { scope, window, fingerprint, limit }: { scope: Scope; window: Window; fingerprint: string; limit: number },
): Promise<string[]> {
  const where = narrow(tenantCondition(scope, window), 'error_fingerprint = {fingerprint:String}', {
    fingerprint,
    limit,
  })
  const rows = await store.query<{ organization_id: string }>(
    `SELECT DISTINCT organization_id FROM code_exec_logs FINAL WHERE ${where.sql}
     ORDER BY organization_id LIMIT {limit:UInt32}`,
    where.parameters,
  )
  return rows.map((row) => row.organization_id)
}
