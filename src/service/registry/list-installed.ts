/** Lists what is installed, with what there is to update. */
import { gt, prerelease } from 'semver'
import type { Database, Queries } from '../../metadata/database.ts'
import { findAgentsById, isOwner, type RegistryAgent } from '../../metadata/registry-agents.ts'
import { listInstalls } from '../../metadata/registry-installs.ts'
import { tagsOf } from '../../metadata/registry-tags.ts'
import { statusesOf, type VersionState } from '../../metadata/registry-versions.ts'
import { chooseVersion, newestOf, readSelector } from '../../registry/reference.ts'
import type { Scope } from '../../store/scope.ts'
import { ownTenant } from './agent-access.ts'
import type { InstallView } from './view-types.ts'

/** What the caller's organization or workspace has installed, by name; for a workspace also what its organization has. */
export async function listInstalled({ queries }: Database, scope: Scope): Promise<InstallView[]> {
  const tenant = ownTenant(scope)
  const installs = await listInstalls(queries, tenant)
  const ids = [...new Set(installs.map(({ agentId }) => agentId))]
  const agents = new Map((await findAgentsById(queries, scope, ids)).map((agent) => [agent.id, agent]))
  const states = Map.groupBy(await statusesOf(queries, [...agents.keys()]), ({ agentId }) => agentId)
  const views: InstallView[] = []
  for (const { agentId, ...shown } of installs) {
    const agent = agents.get(agentId)
    // What a workspace may not see of its organization has no name for it.
    if (agent === undefined && shown.workspaceId !== (tenant.workspaceId ?? null)) continue
    const versions = (states.get(agentId) ?? []).filter(
      ({ review }) => (agent !== undefined && isOwner(scope, agent)) || review === 'approved',
    )
    const stands = agent === undefined ? NOT_SEEN : await standing(queries, shown, { agent, versions, scope })
    views.push({ ...shown, ...stands })
  }
  return views
}

type Standing = Pick<InstallView, 'status' | 'statusReason' | 'update' | 'instead' | 'newest' | 'warnings'>

const NOT_SEEN: Standing = {
  status: 'unavailable',
  statusReason: null,
  update: null,
  instead: null,
  newest: null,
  warnings: ['Its owner does not show it to your organization any more.'],
}

async function standing(
  queries: Queries,
  { reference, version, name }: Pick<InstallView, 'reference' | 'version' | 'name'>,
  { agent, versions, scope }: { agent: RegistryAgent; versions: readonly VersionState[]; scope: Scope },
): Promise<Standing> {
  const current = versions.find((one) => one.version === version)
  if (current === undefined) return NOT_SEEN
  const selector = readSelector(reference) ?? { kind: 'any' as const }
  const tags =
    selector.kind === 'tag'
      ? await tagsOf(queries, agent.id, isOwner(scope, agent) ? 'all' : 'approved')
      : new Map<string, string>()
  const fits = chosen(() => chooseVersion({ name, selector }, { versions, tags, installed: version }).version)
  const newest = newestOf(versions)?.version ?? null
  return {
    status: current.status,
    statusReason: current.reason,
    update: fits !== null && gt(fits, version) ? fits : null,
    instead: fits !== null && gt(version, fits) ? fits : null,
    newest: newest !== null && isNewer(newest, version) ? newest : null,
    warnings: current.status === 'active' ? [] : [warningOf({ name, version }, current, newest)],
  }
}

function warningOf(
  { name, version }: Pick<InstallView, 'name' | 'version'>,
  { status, reason }: VersionState,
  newest: string | null,
): string {
  const warning = `${name}@${version} is ${status}: ${reason ?? 'its owner gives no reason'}`
  if (status !== 'yanked') return warning
  return `${warning}. ${newest === null ? 'It has no other version.' : `The newest that is not yanked is ${newest}.`}`
}

function isNewer(newest: string, version: string): boolean {
  return gt(newest, version) && prerelease(newest) === null
}

/** Null where the reference fits nothing any more. */
function chosen(choose: () => string): string | null {
  try {
    return choose()
  } catch {
    return null
  }
}
