/** Publishes a version of a code agent. */
import { changing } from '../../agents/changes.ts'
import { createHash } from 'node:crypto'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database, Queries } from '../../metadata/database.ts'
import { lockAgent, type RegistryAgent } from '../../metadata/registry-agents.ts'
import {
  findVersion,
  insertVersion,
  versionsOf,
  VERSIONS_MAX,
  type StoredVersion,
} from '../../metadata/registry-versions.ts'
import { canonicalJson } from '../../registry/canonical-json.ts'
import type { AgentDefinition } from '../../registry/definition.ts'
import type { Tenant } from '../../store/scope.ts'
import { fullName, ownTenant, readName, type AgentName } from './agent-access.ts'
import { agentFor, requirePublisher, type AgentRequest } from './agent-for.ts'
import { refreshCard } from './refresh-card.ts'
import { requireValid } from './signatures.ts'

export interface PublishRequest extends Pick<
  AgentRequest,
  'definition' | 'visibility' | 'workspaceId' | 'forkedFrom'
> {
  /** DSSE envelope over the definition's name, version and hash. */
  signature?: Readonly<Record<string, unknown>> | undefined
}

/** What publishing depends on. */
export interface PublishParts {
  database: Database
  /** Checks a definition before it is published. @returns what is kept of it @throws when it must not be published */
  check: (definition: AgentDefinition, tenant: Tenant) => Promise<Readonly<Record<string, unknown>>>
}

export interface Published {
  agent: RegistryAgent
  version: StoredVersion
  /** False: this very version had been published before. */
  isNew: boolean
}

/**
 * Publishes a version in one transaction: all of it, or nothing. A second request with the same content gets the answer of
 * the first. The namespace belongs to the organization that first publishes in it.
 * @throws {ExectrailError} `conflict` where the version exists with other content, `forbidden` in a namespace of another
 * @throws {InvalidRequestError} where a check fails, or the agent has as many versions as it may
 */
export async function publish(
  parts: PublishParts,
  caller: Caller,
  request: PublishRequest,
): Promise<Published> {
  const { definition } = request
  const text = canonicalJson(definition)
  const content = {
    ...readName(definition.name),
    version: definition.version,
    text,
    sha256: createHash('sha256').update(text).digest('hex'),
  }
  // Nothing is checked, which takes a while, where it must be refused anyway; the transaction decides.
  const before = await probe(parts.database, caller, content)
  if (before !== null) return before
  const checks = await parts.check(definition, ownTenant(caller.scope))
  return changing(parts.database.queries, async (transaction) => {
    const agent = await agentFor(transaction, caller, { ...request, ...content })
    const known = await findVersion(transaction, { agentId: agent.id, version: content.version })
    if (known !== null) return { agent, version: sameContent(known, content), isNew: false }
    await insert(transaction, caller, { agent, request, content, checks })
    return finish(transaction, caller, { agent, content, request })
  })
}

interface Content extends AgentName {
  version: string
  /** Canonical JSON. */
  text: string
  sha256: string
}

async function probe({ queries }: Database, caller: Caller, content: Content): Promise<Published | null> {
  return queries.transaction().execute(async (transaction) => {
    const agent = await lockAgent(transaction, content)
    if (agent === null) return null
    requirePublisher(caller, agent)
    const known = await findVersion(transaction, { agentId: agent.id, version: content.version })
    return known === null ? null : { agent, version: sameContent(known, content), isNew: false }
  })
}

/** @throws {ExectrailError} `conflict` where the version has other content */
function sameContent(known: StoredVersion, { namespace, name, version, sha256 }: Content): StoredVersion {
  if (known.sha256 === sha256) return known
  throw new ExectrailError(
    'conflict',
    `${namespace}/${name}@${version} is published with other content, and versions never change`,
    { hint: 'Publish it under a higher version.' },
  )
}

interface Insertion {
  agent: RegistryAgent
  request: PublishRequest
  content: Content
  checks: Readonly<Record<string, unknown>>
}

async function insert(
  queries: Queries,
  { actor }: Caller,
  { agent, request, content, checks }: Insertion,
): Promise<void> {
  const { definition, signature } = request
  const { sha256 } = content
  if ((await versionsOf(queries, agent.id, 'all')).length >= VERSIONS_MAX)
    throw new InvalidRequestError([
      { path: 'version', message: `the agent has ${VERSIONS_MAX} versions, as many as it may` },
    ])
  const signed = { name: fullName(agent), version: content.version, sha256, signature: signature ?? null }
  const signedBy = await requireValid(queries, { ...signed, publisherId: agent.organizationId })
  await insertVersion(queries, {
    agentId: agent.id,
    version: content.version,
    definition: content.text,
    sha256,
    codeSha256: createHash('sha256').update(definition.code).digest('hex'),
    review: agent.visibility === 'public' ? 'pending' : null,
    publishedBy: actor.name,
    publisherId: agent.organizationId,
    signature: signed.signature,
    signedBy,
    checks,
  })
}

async function finish(
  queries: Queries,
  { actor }: Caller,
  { agent, content, request }: Omit<Insertion, 'checks'>,
): Promise<Published> {
  await refreshCard(queries, agent, 'newly published')
  await appendAudit(queries, {
    actor,
    action: request.forkedFrom === undefined ? 'registry.publish' : 'registry.fork',
    subject: fullName(agent),
    organizationId: agent.organizationId,
    workspaceId: agent.workspaceId,
    detail: {
      version: content.version,
      sha256: content.sha256,
      visibility: agent.visibility,
      source: request.definition.source ?? null,
      from:
        request.forkedFrom === undefined ? null : `${request.forkedFrom.name}@${request.forkedFrom.version}`,
    },
  })
  const agentNow = await lockAgent(queries, agent)
  const version = await findVersion(queries, { agentId: agent.id, version: content.version })
  if (agentNow === null || version === null) throw new Error('the version is not there after its insert')
  return { agent: agentNow, version, isNew: true }
}
