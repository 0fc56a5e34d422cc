/** The versions of a code agent that a caller sees. */
import { ExectrailError } from '../errors.ts'
import type { Queries } from '../metadata/database.ts'
import { isOwner, type RegistryAgent } from '../metadata/registry-agents.ts'
import { versionsOf, type StoredVersion } from '../metadata/registry-versions.ts'
import type { Scope } from '../store/scope.ts'
import { fullName, type AgentName } from './agent-name.ts'

/** The versions of an agent that a scope sees: its owner all, others the approved ones. */
export function visibleVersions(
  queries: Queries,
  scope: Scope,
  agent: RegistryAgent,
): Promise<StoredVersion[]> {
  return versionsOf(queries, agent.id, isOwner(scope, agent) ? 'all' : 'approved')
}

/** One of them. @throws {ExectrailError} `not_found` */
export function requireVersion(
  versions: readonly StoredVersion[],
  agent: AgentName,
  version: string,
): StoredVersion {
  const found = versions.find((one) => one.version === version)
  if (found !== undefined) return found
  throw new ExectrailError(
    'not_found',
    `${fullName(agent)} has no version ${JSON.stringify(version.slice(0, 80))}`,
    { hint: `exectrail agent show ${fullName(agent)} lists its versions.` },
  )
}
