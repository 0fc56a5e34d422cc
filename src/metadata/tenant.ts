import { sql, type Expression, type SqlBool } from 'kysely'
import type { Scope } from '../store/scope.ts'

/** The condition of statements over tables with `organization_id` and `workspace_id`: the rows that a scope may see. */
export function tenantCondition(scope: Scope): Expression<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  const own = sql<SqlBool>`organization_id = ${scope.organizationId}`
  return scope.workspaceId === undefined ? own : sql<SqlBool>`${own} and workspace_id = ${scope.workspaceId}`
}
