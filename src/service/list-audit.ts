import { listAudit as readAudit, type AuditEntry, type AuditQuery } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import type { Scope } from '../store/scope.ts'

/** Changes, newest first, and where the next page begins; null at the end. */
export interface AuditPage {
  data: readonly AuditEntry[]
  nextCursor: string | null
}

/** A page of the log of changes. */
export async function listAudit({ queries }: Database, scope: Scope, query: AuditQuery): Promise<AuditPage> {
  const found = await readAudit(queries, scope, { ...query, limit: query.limit + 1 })
  const data = found.slice(0, query.limit)
  return { data, nextCursor: found.length > data.length ? (data.at(-1)?.id ?? null) : null }
}
