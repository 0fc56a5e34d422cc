/** The agent that a version is published of: found, or made in a namespace of the publisher. */
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Queries } from '../../metadata/database.ts'
import { insertAgent, lockAgent, type RegistryAgent } from '../../metadata/registry-agents.ts'
import { claimNamespace, countNamespaces, NAMESPACES_MAX } from '../../metadata/registry-namespaces.ts'
import type { Visibility } from '../../metadata/registry-values.ts'
import { askForReview, withdrawReview } from '../../metadata/registry-reviews.ts'
import type { AgentDefinition } from '../../registry/definition.ts'
import { BUILT_IN } from '../../registry/names.ts'
import { fullName, mayChange, ownTenant, type AgentName } from './agent-access.ts'

/** A version that is copied. */
export interface Origin {
  agentId: string
  version: string
  /** `namespace/name` */
  name: string
}

export interface AgentRequest extends AgentName {
  version: string
  definition: AgentDefinition
  /** Of the agent from now on. @default as it is; of a new one `private` */
  visibility?: Visibility | undefined
  /** Of a new agent. @default that of the key; without one the whole organization's */
  workspaceId?: string | undefined
  /** Where it was copied from. */
  forkedFrom?: Origin | undefined
}

/** The agent that the version is of, locked: made if it is new. */
export async function agentFor(
  queries: Queries,
  caller: Caller,
  request: AgentRequest,
): Promise<RegistryAgent> {
  const organizationId = await requireNamespace(queries, caller, request.namespace)
  const found = await lockAgent(queries, request)
  if (found !== null) {
    requirePublisher(caller, found)
    requireOrigin(found, request)
    return withVisibility(queries, found, request.visibility)
  }
  const made = newAgent(caller, request, organizationId)
  const id = await insertAgent(queries, { ...made, readme: '' })
  const agent = await lockAgent(queries, request)
  if (agent === null) throw new Error(`the agent ${fullName(request)} is not there after its insert`)
  // Another request made it in the meantime.
  if (id === null) {
    requirePublisher(caller, agent)
    requireOrigin(agent, request)
  }
  return agent
}

/** A copy does not become a version of an agent that is no copy of the same. */
function requireOrigin(agent: RegistryAgent, { forkedFrom }: AgentRequest): void {
  if (forkedFrom === undefined || forkedFrom.agentId === agent.forkedFrom?.agentId) return
  throw new ExectrailError('conflict', `the name ${fullName(agent)} is taken`, {
    hint: 'Choose another name for the copy.',
  })
}

function newAgent({ scope, actor }: Caller, request: AgentRequest, organizationId: string) {
  const workspaceId = workspaceOf(scope, request)
  const visibility = request.visibility ?? 'private'
  if (visibility === 'workspace' && workspaceId === null)
    throw new InvalidRequestError([
      { path: 'workspaceId', message: 'name the workspace that sees it, or choose another visibility' },
    ])
  const { description, language, runtimes, topics, license } = request.definition
  const card = { description, language, runtimes, topics, license }
  return {
    namespace: request.namespace,
    name: request.name,
    organizationId,
    workspaceId,
    visibility,
    isListed: false,
    forkedFrom:
      request.forkedFrom === undefined
        ? null
        : { agentId: request.forkedFrom.agentId, version: request.forkedFrom.version },
    createdBy: actor.name,
    card: {
      ...card,
      version: request.version,
      status: 'active' as const,
      statusReason: null,
      isSigned: false,
    },
  }
}

function workspaceOf(
  scope: Caller['scope'],
  { workspaceId = null }: { workspaceId?: string | null | undefined },
) {
  const own = scope === 'all' ? null : (scope.workspaceId ?? null)
  if (own === null || workspaceId === null || own === workspaceId) return own ?? workspaceId
  throw new ExectrailError('forbidden', 'this key may not publish in that workspace', {
    hint: 'Leave `workspaceId` out, or use a key of that workspace.',
  })
}

/**
 * Makes a namespace that has no owner yet.
 * @returns the organization that owns it
 * @throws {ExectrailError} `forbidden` where it is another's, or that of the agents that come with exectrail
 */
export async function requireNamespace(
  queries: Queries,
  { scope, actor }: Caller,
  name: string,
): Promise<string> {
  const { organizationId } = ownTenant(scope)
  if (name === BUILT_IN.namespace && organizationId !== BUILT_IN.organizationId) throw foreignNamespace(name)
  const { namespace, made } = await claimNamespace(queries, { name, organizationId, createdBy: actor.name })
  if (!made) {
    if (scope === 'all' || namespace.organizationId === organizationId) return namespace.organizationId
    throw foreignNamespace(name)
  }
  if ((await countNamespaces(queries, organizationId)) > NAMESPACES_MAX)
    throw new InvalidRequestError([
      { path: 'namespace', message: `this organization has ${NAMESPACES_MAX} namespaces, as many as it may` },
    ])
  await appendAudit(queries, {
    actor,
    action: 'registry.namespace.create',
    subject: name,
    organizationId,
    workspaceId: null,
    detail: {},
  })
  return organizationId
}

/** The same answer whether or not the namespace has an agent of the name. */
export function requirePublisher({ scope }: Caller, agent: RegistryAgent): void {
  if (mayChange(scope, agent)) return
  if (scope !== 'all' && agent.organizationId !== scope.organizationId)
    throw foreignNamespace(agent.namespace)
  throw new ExectrailError('conflict', `the name ${fullName(agent)} is taken`, {
    hint: 'It belongs to another workspace of your organization; choose another name.',
  })
}

export function foreignNamespace(name: string): ExectrailError {
  return new ExectrailError('forbidden', `the namespace ${name} belongs to another organization`, {
    hint: 'Publish in a namespace of yours; one that does not exist yet becomes yours.',
  })
}

export async function withVisibility(
  queries: Queries,
  agent: RegistryAgent,
  visibility: Visibility | undefined,
): Promise<RegistryAgent> {
  if (visibility === undefined || visibility === agent.visibility) return agent
  if (visibility === 'workspace' && agent.workspaceId === null)
    throw new InvalidRequestError([
      { path: 'visibility', message: 'the agent is of the whole organization, not of a workspace' },
    ])
  await (visibility === 'public' ? askForReview : withdrawReview)(queries, agent.id)
  return { ...agent, visibility }
}
