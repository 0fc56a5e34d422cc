/** Shows a code agent, and one of its versions. */
import type { Database } from '../../metadata/database.ts'
import { findAgentsById, isOwner, type RegistryAgent } from '../../metadata/registry-agents.ts'
import { findInstall } from '../../metadata/registry-installs.ts'
import { figuresOf } from '../../metadata/registry-statistics.ts'
import { tagsOf } from '../../metadata/registry-tags.ts'
import { readDefinitionText, versionsOf } from '../../metadata/registry-versions.ts'
import { latestVersion, parseReference } from '../../registry/reference.ts'
import type { Scope } from '../../store/scope.ts'
import { fullName, requireAgent, requireVersion, visibleVersions } from './agent-access.ts'
import { parseDefinition } from '../../agents/parse-definition.ts'
import { resolveVersion } from '../../agents/resolve.ts'
import { signerOf } from './signers.ts'
import type { AgentView, VersionView } from './view-types.ts'
import { toSummary, toVersionSummary } from './views.ts'

/** @throws {ExectrailError} `not_found`, also where the scope may not see it */
export async function showAgent({ queries }: Database, scope: Scope, name: string): Promise<AgentView> {
  const agent = await requireAgent(queries, scope, name)
  const only = isOwner(scope, agent) ? 'all' : 'approved'
  const versions = await versionsOf(queries, agent.id, only)
  const figures = await figuresOf(queries, [agent.id], 'versions')
  const latest = latestVersion(versions)
  const moved = Object.fromEntries(await tagsOf(queries, agent.id, only))
  const install = scope === 'all' ? null : await findInstall(queries, scope, agent.id)
  return {
    ...toSummary(
      scope,
      agent,
      figures.find(({ version }) => version === null),
    ),
    workspaceId: isOwner(scope, agent) ? agent.workspaceId : null,
    forkedFrom: await originOf({ queries }, scope, agent),
    tags: latest === null ? moved : { latest, ...moved },
    installed: install === null ? null : { reference: install.reference, version: install.version },
    versions: versions.map((one) =>
      toVersionSummary(
        scope,
        agent,
        one,
        figures.find(({ version }) => version === one.version),
      ),
    ),
  }
}

/**
 * The version that `reference` stands for, with its definition.
 * @throws {ExectrailError} `not_found`, also where the scope may not see it; `conflict` for a yanked version but by its number
 */
export async function showVersion(
  { queries }: Database,
  scope: Scope,
  reference: string,
): Promise<VersionView> {
  const parsed = parseReference(reference, 'version')
  const { agent, version, warnings } =
    parsed.selector.kind === 'version'
      ? await pinned({ queries }, scope, parsed.name, parsed.selector.version)
      : await resolveVersion(queries, parsed, scope)
  const figures = await figuresOf(queries, [agent.id], 'versions')
  return {
    name: fullName(agent),
    ...toVersionSummary(
      scope,
      agent,
      version,
      figures.find((one) => one.version === version.version),
    ),
    definition: parseDefinition(await readDefinitionText(queries, version)),
    signature: version.signature,
    signer: await signerOf(queries, scope, { name: fullName(agent), version }),
    checks: version.checks,
    warnings,
  }
}

/** A yanked version can still be read. */
async function pinned({ queries }: Pick<Database, 'queries'>, scope: Scope, name: string, number: string) {
  const agent = await requireAgent(queries, scope, name)
  const versions = await visibleVersions(queries, scope, agent)
  const version = requireVersion(versions, agent, number)
  const { status, reason } = version
  const why = reason ?? 'its owner gives no reason'
  return {
    agent,
    version,
    warnings: status === 'active' ? [] : [`${fullName(agent)}@${number} is ${status}: ${why}`],
  }
}

/** The origin of a fork, if the scope may see that version. */
async function originOf(
  { queries }: Pick<Database, 'queries'>,
  scope: Scope,
  { forkedFrom }: RegistryAgent,
): Promise<string | null> {
  if (forkedFrom === null) return null
  const [origin] = await findAgentsById(queries, scope, [forkedFrom.agentId])
  if (origin === undefined) return null
  const versions = await visibleVersions(queries, scope, origin)
  const isSeen = versions.some(({ version }) => version === forkedFrom.version)
  return isSeen ? `${fullName(origin)}@${forkedFrom.version}` : null
}
