/** Which code agents a caller sees, and which they may change. */
import { fullName, readName, unknownAgent } from '../../agents/agent-name.ts'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import type { Queries } from '../../metadata/database.ts'
import { findAgent, isOwner, lockVisibleAgent, type RegistryAgent } from '../../metadata/registry-agents.ts'
import { namePartIssue } from '../../registry/names.ts'
import type { Scope, Tenant } from '../../store/scope.ts'

export { fullName, readName, unknownAgent, type AgentName } from '../../agents/agent-name.ts'
export { requireVersion, visibleVersions } from '../../agents/visible-versions.ts'

/** @throws {InvalidRequestError} for a text that is no namespace */
export function checkNamespace(text: string): void {
  const message = namePartIssue(text)
  if (message !== null) throw new InvalidRequestError([{ path: 'namespace', message }])
}

/** Whose things a caller makes: those of their key, else of `default`. */
export function ownTenant(scope: Scope): Tenant {
  return scope === 'all' ? { organizationId: 'default' } : scope
}

/** The agent of a name. @throws {ExectrailError} `not_found`, also where the caller may not see it */
export async function requireAgent(queries: Queries, scope: Scope, text: string): Promise<RegistryAgent> {
  const name = readName(text)
  const agent = await findAgent(queries, scope, name)
  if (agent === null) throw unknownAgent(name, scope)
  return agent
}

/**
 * The agent of a name, locked until the transaction ends, for a change by its owner.
 * @throws {ExectrailError} `not_found`, also where the caller may not see it; `forbidden` for another's
 */
export async function lockOwnAgent(queries: Queries, scope: Scope, text: string): Promise<RegistryAgent> {
  const name = readName(text)
  const agent = await lockVisibleAgent(queries, scope, name)
  if (agent === null) throw unknownAgent(name, scope)
  requireOwn(scope, agent)
  return agent
}

/** @throws {ExectrailError} `forbidden` for an agent of another organization or workspace */
export function requireOwn(scope: Scope, agent: RegistryAgent): void {
  if (mayChange(scope, agent)) return
  const owner = isOwner(scope, agent) ? 'workspace' : 'organization'
  throw new ExectrailError('forbidden', `${fullName(agent)} belongs to another ${owner}`, {
    hint: `Fork it into a namespace of yours: exectrail agent fork ${fullName(agent)} NAMESPACE/NAME`,
  })
}

export function mayChange(scope: Scope, agent: RegistryAgent): boolean {
  if (scope === 'all') return true
  if (agent.organizationId !== scope.organizationId) return false
  return scope.workspaceId === undefined || scope.workspaceId === agent.workspaceId
}
