/** The table of code agents. */
import { sql, type Expression, type Selectable, type SqlBool } from 'kysely'
import type { VersionStatus } from '../registry/reference.ts'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import { labelsOfCard } from './registry-labels.ts'
import type { Visibility } from './registry-values.ts'
import type { Tables } from './tables.ts'

/** What lists show of an agent, from one of its versions. */
export interface AgentCard {
  version: string
  status: VersionStatus
  statusReason: string | null
  description: string
  language: string
  runtimes: readonly string[]
  topics: readonly string[]
  license: string | null
  isSigned: boolean
}

export interface RegistryAgent {
  /** Text of a bigint. */
  id: string
  namespace: string
  name: string
  organizationId: string
  /** Null: the whole organization. */
  workspaceId: string | null
  visibility: Visibility
  /** Every organization sees it: it is public, and a version of it is approved. */
  isListed: boolean
  forkedFrom: { agentId: string; version: string } | null
  /** ISO 8601 UTC */
  createdAt: string
  updatedAt: string
  createdBy: string
  card: AgentCard
}

export interface NewAgent extends Omit<RegistryAgent, 'id' | 'createdAt' | 'updatedAt'> {
  readme: string
}

/**
 * The condition of statements over agents: those that a scope may see. Organization-wide keys see all of their organization;
 * keys of a workspace what is in it, and what is for the whole organization or public.
 */
export function visibleTo(scope: Scope): Expression<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  return sql<SqlBool>`(registry_agents.listed or ${ownAgents(scope)})`
}

/** The agents of the scope's own organization that it may see. */
export function ownAgents(scope: Scope): Expression<SqlBool> {
  if (scope === 'all') return sql<SqlBool>`true`
  const own = sql<SqlBool>`registry_agents.organization_id = ${scope.organizationId}`
  if (scope.workspaceId === undefined) return own
  const open = sql<SqlBool>`(registry_agents.visibility in ('organization', 'public') or registry_agents.workspace_id = ${scope.workspaceId})`
  return sql<SqlBool>`(${own} and ${open})`
}

/** Whether the scope is that of the agent's owner, who sees every version; others see approved ones. */
export function isOwner(scope: Scope, { organizationId }: Pick<RegistryAgent, 'organizationId'>): boolean {
  return scope === 'all' || scope.organizationId === organizationId
}

interface Name {
  namespace: string
  name: string
}

/** The agent of a name, if the scope may see it. */
export async function findAgent(queries: Queries, scope: Scope, at: Name): Promise<RegistryAgent | null> {
  const row = await named(queries, at).where(visibleTo(scope)).executeTakeFirst()
  return row === undefined ? null : toAgent(row)
}

/** The agent of a name, whoever owns it, locked until the transaction ends. The caller checks whose it is. */
export async function lockAgent(queries: Queries, at: Name): Promise<RegistryAgent | null> {
  const row = await named(queries, at).forUpdate().executeTakeFirst()
  return row === undefined ? null : toAgent(row)
}

/** As `lockAgent`, if the scope may see it. */
export async function lockVisibleAgent(
  queries: Queries,
  scope: Scope,
  at: Name,
): Promise<RegistryAgent | null> {
  const row = await named(queries, at).where(visibleTo(scope)).forUpdate().executeTakeFirst()
  return row === undefined ? null : toAgent(row)
}

/** Agents by their ids, if the scope may see them. */
export async function findAgentsById(
  queries: Queries,
  scope: Scope,
  ids: readonly string[],
): Promise<RegistryAgent[]> {
  if (ids.length === 0) return []
  const rows = await queries
    .selectFrom('registry_agents')
    .selectAll()
    .where('id', 'in', [...ids])
    .where(visibleTo(scope))
    .execute()
  return rows.map(toAgent)
}

/** Adds an agent unless its name is taken. @returns its id; null where it is taken */
export async function insertAgent(queries: Queries, agent: NewAgent): Promise<string | null> {
  const row = await queries
    .insertInto('registry_agents')
    .values({
      namespace: agent.namespace,
      name: agent.name,
      organization_id: agent.organizationId,
      workspace_id: agent.workspaceId ?? '',
      visibility: agent.visibility,
      listed: agent.isListed,
      forked_from: agent.forkedFrom?.agentId ?? null,
      forked_version: agent.forkedFrom?.version ?? null,
      created_by: agent.createdBy,
      ...cardColumns(agent, agent.card, agent.readme),
    })
    .onConflict((conflict) => conflict.columns(['namespace', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

export interface AgentChange {
  visibility: Visibility
  workspaceId: string | null
  isListed: boolean
  card: AgentCard
  readme: string
  /** Whether lists show it as new. */
  isNew: 'newly published' | 'as before'
}

export async function updateAgent(
  queries: Queries,
  agent: Name & { id: string },
  { visibility, workspaceId, isListed, card, readme, isNew }: AgentChange,
): Promise<void> {
  await queries
    .updateTable('registry_agents')
    .set({
      visibility,
      workspace_id: workspaceId ?? '',
      listed: isListed,
      ...cardColumns(agent, card, readme),
      ...(isNew === 'newly published' ? { updated_at: sql<Date>`now()` } : {}),
    })
    .where('id', '=', agent.id)
    .execute()
}

function cardColumns(at: Name, card: AgentCard, readme: string) {
  return {
    card_version: card.version,
    status: card.status,
    status_reason: card.statusReason,
    description: card.description,
    language: card.language,
    runtimes: [...card.runtimes],
    topics: [...card.topics],
    license: card.license,
    signed: card.isSigned,
    search: searchVector(at, card, readme),
  }
}

/** Characters of the README that are searched. */
const README_SEARCHED = 4_000

/** The words of an agent by weight: its name, its topics, its description, its README; and lexemes of what is filtered by. */
function searchVector({ namespace, name }: Name, card: AgentCard, readme: string) {
  return sql<string>`setweight(to_tsvector('english', ${`${namespace} ${name}`}), 'A')
    || setweight(to_tsvector('english', ${card.topics.join(' ')}), 'B')
    || setweight(to_tsvector('english', ${card.description}), 'C')
    || setweight(to_tsvector('english', ${readme.slice(0, README_SEARCHED)}), 'D')
    || array_to_tsvector(${labelsOfCard(card)}::text[])`
}

function named(queries: Queries, { namespace, name }: Name) {
  return queries
    .selectFrom('registry_agents')
    .selectAll()
    .where('namespace', '=', namespace)
    .where('name', '=', name)
}

export function toAgent(row: Selectable<Omit<Tables['registry_agents'], 'search'>>): RegistryAgent {
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id || null,
    visibility: row.visibility,
    isListed: row.listed,
    forkedFrom:
      row.forked_from === null || row.forked_version === null
        ? null
        : { agentId: row.forked_from, version: row.forked_version },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    createdBy: row.created_by,
    card: {
      version: row.card_version,
      status: row.status,
      statusReason: row.status_reason,
      description: row.description,
      language: row.language,
      runtimes: row.runtimes,
      topics: row.topics,
      license: row.license,
      isSigned: row.signed,
    },
  }
}
