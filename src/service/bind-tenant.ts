import { ExectrailError } from '../errors.ts'
import type { Tenant } from '../store/scope.ts'

interface Asked {
  organizationId?: string | undefined
  workspaceId?: string | null | undefined
}

/**
 * The tenant of a key or a budget that a bound key makes: the one that is asked for, within the key's own.
 * @throws {ExectrailError} `forbidden` for another tenant
 */
export function bindTenant(
  own: Tenant,
  { organizationId = own.organizationId, workspaceId = null }: Asked,
  what: 'keys' | 'budgets',
): { organizationId: string; workspaceId: string | null } {
  if (organizationId !== own.organizationId) throw foreign('organization', what)
  const bound = own.workspaceId ?? workspaceId
  if ((workspaceId ?? bound) !== bound) throw foreign('workspace', what)
  return { organizationId, workspaceId: bound }
}

function foreign(tenant: 'organization' | 'workspace', what: string): ExectrailError {
  return new ExectrailError('forbidden', `this key may not manage ${what} of that ${tenant}`, {
    hint: `Leave \`${tenant}Id\` out, or use a key that administers that ${tenant}.`,
  })
}
