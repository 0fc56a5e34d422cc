import { sql, type Expression, type SqlBool } from 'kysely'
import type { Scope } from '../store/scope.ts'

/** The condition of statements over tables with `organization_id` and `workspace_id`: the rows that a scope may see. */
export function tenantCondition(scope: Scope): Expression<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  const own = sql<SqlBool>`organization_id = ${scope.organizationId}`
  return scope.workspaceId === undefined ? own : sql<SqlBool>`${own} and workspace_id = ${scope.workspaceId}`
}

/** The rows that an owner has itself, without those of its workspaces; null stands for the installation or no workspace. */
export function ownerCondition({
  organizationId,
  workspaceId,
}: {
  organizationId: string | null
  workspaceId: string | null
}): Expression<SqlBool> {
  return sql<SqlBool>`organization_id is not distinct from ${organizationId} and workspace_id is not distinct from ${workspaceId}`
}
