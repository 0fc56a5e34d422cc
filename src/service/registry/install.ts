/** Installs code agents for an organization or a workspace, and removes them. */
import { changing } from '../../agents/changes.ts'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database, Queries } from '../../metadata/database.ts'
import {
  countInstalls,
  deleteInstall,
  INSTALLS_MAX,
  listInstalls,
  putInstall,
  type Install,
} from '../../metadata/registry-installs.ts'
import { parseReference, type Selector } from '../../registry/reference.ts'
import { requireSignature } from '../../registry/signature.ts'
import type { Tenant } from '../../store/scope.ts'
import { fullName, ownTenant, readName } from './agent-access.ts'
import { resolveVersion } from '../../agents/resolve.ts'
import { verifySignature } from '../../agents/verify-signature.ts'
import type { InstallView } from './view-types.ts'

export interface InstallParts {
  database: Database
  /** Whether only versions that their publisher has signed are installed. */
  signatures: 'required' | 'optional'
}

/**
 * Installs what a reference stands for now; again, moves to what it stands for then. Executions that name the agent without
 * a selector run that version.
 * @throws {ExectrailError} `not_found`, also where the caller may not see it; `conflict` for a yanked version; `forbidden`
 *   where signatures are required and it has no valid one
 */
export async function install(
  { database, signatures }: InstallParts,
  { scope, actor }: Caller,
  reference: string,
): Promise<InstallView> {
  const parsed = parseReference(reference, 'agent')
  const tenant = ownTenant(scope)
  return changing(database.queries, async (transaction) => {
    // Without a selector it is the newest, whatever is installed so far.
    const asked = parsed.selector.kind === 'any' ? { ...parsed, selector: ANY } : parsed
    const { agent, version, warnings } = await resolveVersion(transaction, asked, scope)
    if (signatures === 'required') {
      const signed = { ...version, name: fullName(agent) }
      requireSignature(`${signed.name}@${version.version}`, await verifySignature(transaction, signed))
    }
    const made = await putInstall(transaction, {
      organizationId: tenant.organizationId,
      workspaceId: tenant.workspaceId ?? null,
      agentId: agent.id,
      reference: textOf(parsed.selector),
      version: version.version,
      installedBy: actor.name,
    })
    if ((await countInstalls(transaction, tenant)) > INSTALLS_MAX)
      throw new InvalidRequestError([
        { path: 'agent', message: `${INSTALLS_MAX} agents are installed, as many as there may be` },
      ])
    await note(transaction, actor, 'registry.install', { ...made, name: fullName(agent) })
    const { agentId: _, ...shown } = made
    const state = { status: version.status, statusReason: version.reason }
    return { ...shown, ...state, update: null, instead: null, newest: null, name: fullName(agent), warnings }
  })
}

function note(
  queries: Queries,
  actor: Caller['actor'],
  action: 'registry.install' | 'registry.uninstall',
  { name, organizationId, workspaceId, reference, version }: Omit<Install, 'agentId'> & { name: string },
): Promise<void> {
  const detail = { reference, version }
  return appendAudit(queries, { actor, action, subject: name, organizationId, workspaceId, detail })
}

/**
 * Removes what is installed; also of an agent that the caller no longer sees.
 * @throws {ExectrailError} `not_found` where it is not installed
 */
export async function uninstall(
  { queries }: Database,
  { scope, actor }: Caller,
  name: string,
): Promise<{ name: string; reference: string; version: string }> {
  const wanted = fullName(readName(name))
  const tenant = ownTenant(scope)
  return changing(queries, async (transaction) => {
    const known = (await listInstalls(transaction, tenant)).find(
      (one) => isOwn(one, tenant) && one.name === wanted,
    )
    const gone = known === undefined ? null : await deleteInstall(transaction, tenant, known.agentId)
    if (gone === null) throw notInstalled(wanted)
    await note(transaction, actor, 'registry.uninstall', { ...gone, name: wanted })
    return { name: wanted, reference: gone.reference, version: gone.version }
  })
}

const ANY: Selector = { kind: 'range', range: '*' }

function isOwn(one: { workspaceId: string | null }, { workspaceId }: Tenant): boolean {
  return one.workspaceId === (workspaceId ?? null)
}

function textOf(selector: Selector): string {
  if (selector.kind === 'any') return '*'
  if (selector.kind === 'version') return selector.version
  return selector.kind === 'range' ? selector.range : selector.tag
}

function notInstalled(name: string): ExectrailError {
  return new ExectrailError('not_found', `${name} is not installed`, {
    hint: 'exectrail agent list --installed shows what is.',
  })
}
