/** Makes and lists namespaces, and gives them to other organizations. */
import { changing } from '../../agents/changes.ts'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { AuditAction } from '../../metadata/audit-actions.ts'
import type { Database, Queries } from '../../metadata/database.ts'
import {
  declineNamespace,
  listNamespaces as readNamespaces,
  lockNamespace,
  moveNamespace,
  offerNamespace,
  type Namespace,
} from '../../metadata/registry-namespaces.ts'
import { BUILT_IN } from '../../registry/names.ts'
import type { Scope } from '../../store/scope.ts'
import { checkNamespace, ownTenant } from './agent-access.ts'
import { foreignNamespace, requireNamespace } from './agent-for.ts'
import type { NamespaceView } from './view-types.ts'

/** The namespaces that the scope owns, is offered or has given away last, by name, at most 1000. */
export async function listNamespaces({ queries }: Database, scope: Scope): Promise<NamespaceView[]> {
  const namespaces = await readNamespaces(queries, scope)
  return namespaces.map((namespace) => shown(namespace, scope))
}

/** Only its owner sees what is done with it; another reader sees an offer to itself, and what it gave away. */
function shown(namespace: Namespace, scope: Scope): NamespaceView {
  if (owns(scope, namespace)) return namespace
  const { offeredTo, offeredAt, movedFrom, movedAt, ...rest } = namespace
  const isReader = (organization: string | null): boolean =>
    scope !== 'all' && scope.organizationId === organization
  return {
    ...rest,
    createdBy: null,
    declinedBy: null,
    declinedAt: null,
    ...(isReader(offeredTo) ? { offeredTo, offeredAt } : { offeredTo: null, offeredAt: null }),
    ...(isReader(movedFrom) ? { movedFrom, movedAt } : { movedFrom: null, movedAt: null }),
  }
}

/**
 * Makes a namespace; one of the caller's own stays as it is.
 * @throws {ExectrailError} `forbidden` where another organization has it
 */
export async function createNamespace(
  { queries }: Database,
  caller: Caller,
  name: string,
): Promise<NamespaceView> {
  checkNamespace(name)
  return queries.transaction().execute(async (transaction) => {
    await requireNamespace(transaction, caller, name)
    return found(await lockNamespace(transaction, name), name)
  })
}

/**
 * Offers a namespace with its agents to another organization; null takes the offer back.
 * @throws {ExectrailError} `not_found` where the caller does not own it; `forbidden` for that of the agents that come with
 *   exectrail
 */
export async function offer(
  { queries }: Database,
  caller: Caller,
  { name, to }: { name: string; to: string | null },
): Promise<NamespaceView> {
  checkNamespace(name)
  requireWholeOrganization(caller.scope)
  return queries.transaction().execute(async (transaction) => {
    const before = await lockNamespace(transaction, name)
    if (before === null || !owns(caller.scope, before)) throw unknownNamespace(name)
    if (before.organizationId === BUILT_IN.organizationId) throw foreignNamespace(name)
    if (to === before.organizationId)
      throw new InvalidRequestError([{ path: 'to', message: 'the organization has it already' }])
    if (to === before.offeredTo) return before
    const after = await offerNamespace(transaction, { name, to, by: caller.actor.name })
    await note(transaction, caller, 'registry.namespace.offer', before, { to })
    return after
  })
}

/**
 * Takes over a namespace that is offered. Its agents belong to the caller's organization from then on, and to no workspace.
 * @throws {ExectrailError} `not_found` where it is not offered to the caller
 */
export async function acceptOffer(
  { queries }: Database,
  caller: Caller,
  name: string,
): Promise<NamespaceView> {
  checkNamespace(name)
  requireWholeOrganization(caller.scope)
  const { organizationId } = ownTenant(caller.scope)
  return changing(queries, async (transaction) => {
    const before = await lockNamespace(transaction, name)
    // A repeated request gets the same answer.
    if (before?.organizationId === organizationId && before.offeredTo === null) return before
    if (before?.offeredTo !== organizationId) throw unknownNamespace(name)
    const { namespace, agents } = await moveNamespace(transaction, {
      name,
      to: organizationId,
      by: caller.actor.name,
    })
    const detail = { from: before.organizationId, to: organizationId, agents }
    await note(transaction, caller, 'registry.namespace.accept', before, detail)
    await note(transaction, caller, 'registry.namespace.accept', namespace, detail)
    return namespace
  })
}

/**
 * Declines a namespace that is offered; its owner sees that.
 * @throws {ExectrailError} `not_found` where it is not offered to the caller
 */
export async function declineOffer(
  { queries }: Database,
  caller: Caller,
  name: string,
): Promise<NamespaceView> {
  checkNamespace(name)
  requireWholeOrganization(caller.scope)
  const { organizationId } = ownTenant(caller.scope)
  return queries.transaction().execute(async (transaction) => {
    const before = await lockNamespace(transaction, name)
    // A repeated request gets the same answer.
    if (before !== null && before.declinedBy === organizationId) return shown(before, caller.scope)
    if (before?.offeredTo !== organizationId) throw unknownNamespace(name)
    const after = await declineNamespace(transaction, { name, organizationId })
    await note(transaction, caller, 'registry.namespace.decline', before, { by: organizationId })
    return shown(after, caller.scope)
  })
}

/** In the log of the organization that has the namespace. */
function note(
  queries: Queries,
  { actor }: Caller,
  action: AuditAction,
  { name, organizationId }: Namespace,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  return appendAudit(queries, { actor, action, subject: name, organizationId, workspaceId: null, detail })
}

function owns(scope: Scope, { organizationId }: Namespace): boolean {
  return scope === 'all' || scope.organizationId === organizationId
}

/** @throws {ExectrailError} `forbidden` for a key of a workspace */
export function requireWholeOrganization(scope: Scope): void {
  if (scope === 'all' || scope.workspaceId === undefined) return
  throw new ExectrailError('forbidden', 'this needs a key of the whole organization, not of a workspace', {
    hint: 'An administrator of the organization makes one: exectrail key create NAME --scope admin',
  })
}

function found(namespace: Namespace | null, name: string): Namespace {
  if (namespace === null) throw unknownNamespace(name)
  return namespace
}

function unknownNamespace(name: string): ExectrailError {
  return new ExectrailError(
    'not_found',
    `there is no namespace ${JSON.stringify(name)} of yours, nor one offered to you`,
    { hint: 'exectrail agent namespaces lists those of your organization, and those offered to it.' },
  )
}
