/** Finds the version that a reference stands for. */
import type { Database, Queries } from '../metadata/database.ts'
import { findAgent, isOwner, type RegistryAgent } from '../metadata/registry-agents.ts'
import { findInstall } from '../metadata/registry-installs.ts'
import { tagsOf } from '../metadata/registry-tags.ts'
import { readDefinitionText, type StoredVersion } from '../metadata/registry-versions.ts'
import type { AgentDefinition } from '../registry/definition.ts'
import {
  chooseVersion,
  parseReference,
  type AgentReference,
  type VersionStatus,
} from '../registry/reference.ts'
import type { Scope } from '../store/scope.ts'
import { readName, unknownAgent } from './agent-name.ts'
import { requireVersion, visibleVersions } from './visible-versions.ts'
import { parseDefinition } from './parse-definition.ts'

export interface Resolved {
  agent: RegistryAgent
  version: StoredVersion
  definition: AgentDefinition
  status: VersionStatus
  /** What whoever uses it has to know. */
  warnings: readonly string[]
}

/**
 * The version that a reference stands for, among those that the scope sees. A reference without a selector stands for what
 * the scope has installed, if it has.
 * @throws {InvalidRequestError} for a text that is no reference
 * @throws {ExectrailError} `not_found`, also where the scope may not see it; `conflict` for a yanked version
 */
export async function resolve(
  { queries }: Pick<Database, 'queries'>,
  reference: string,
  scope: Scope,
): Promise<Resolved> {
  const { agent, version, warnings } = await resolveVersion(
    queries,
    parseReference(reference, 'agent'),
    scope,
  )
  const definition = parseDefinition(await readDefinitionText(queries, version))
  return { agent, version, definition, status: version.status, warnings }
}

/** As `resolve`, without the definition. */
export async function resolveVersion(
  queries: Queries,
  reference: AgentReference,
  scope: Scope,
): Promise<Pick<Resolved, 'agent' | 'version' | 'warnings'>> {
  const name = readName(reference.name)
  const agent = await findAgent(queries, scope, name)
  if (agent === null) throw unknownAgent(name, scope)
  const versions = await visibleVersions(queries, scope, agent)
  const tags = await tagsOf(queries, agent.id, isOwner(scope, agent) ? 'all' : 'approved')
  const installed = scope === 'all' ? null : ((await findInstall(queries, scope, agent.id))?.version ?? null)
  const asked = installed === null ? reference : withInstalled(reference, installed, versions)
  const chosen = chooseVersion(asked, { versions, tags, installed })
  return {
    agent,
    version: requireVersion(versions, agent, chosen.version),
    warnings: chosen.warning === null ? [] : [chosen.warning],
  }
}

/** Without a selector: the installed version, as long as it is seen. */
function withInstalled(
  reference: AgentReference,
  version: string,
  versions: readonly StoredVersion[],
): AgentReference {
  const isSeen = versions.some((one) => one.version === version)
  return reference.selector.kind === 'any' && isSeen
    ? { ...reference, selector: { kind: 'version', version } }
    : reference
}
