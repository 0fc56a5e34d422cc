/** The table of installed agents, each of an organization or of one of its workspaces. */
import { sql, type Selectable } from 'kysely'
import type { Tenant } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'

export interface Install {
  organizationId: string
  /** Null: the whole organization. */
  workspaceId: string | null
  agentId: string
  /** What follows the `@`: a range, a tag or a version. */
  reference: string
  /** Where it stands. */
  version: string
  /** ISO 8601 UTC */
  installedAt: string
  installedBy: string
}

/** Installed agents of one organization or workspace, at most. */
export const INSTALLS_MAX = 1_000

/** What executions of a tenant have installed of an agent: the workspace's own, else that of its organization. */
export async function findInstall(
  queries: Queries,
  { organizationId, workspaceId }: Tenant,
  agentId: string,
): Promise<Install | null> {
  const row = await queries
    .selectFrom('registry_installs')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('workspace_id', 'in', ['', workspaceId ?? ''])
    .where('agent_id', '=', agentId)
    .orderBy('workspace_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : toInstall(row)
}

/** What a tenant has installed; for a workspace also what its organization has. With the names, which stay readable. */
export async function listInstalls(
  queries: Queries,
  { organizationId, workspaceId }: Tenant,
): Promise<(Install & { name: string })[]> {
  let query = queries
    .selectFrom('registry_installs')
    .innerJoin('registry_agents', 'registry_agents.id', 'registry_installs.agent_id')
    .selectAll('registry_installs')
    .select(['registry_agents.namespace', 'registry_agents.name'])
    .where('registry_installs.organization_id', '=', organizationId)
    .orderBy('registry_agents.namespace')
    .orderBy('registry_agents.name')
    .orderBy('registry_installs.workspace_id')
    .limit(2 * INSTALLS_MAX)
  if (workspaceId !== undefined)
    query = query.where('registry_installs.workspace_id', 'in', ['', workspaceId])
  const rows = await query.execute()
  return rows.map((row) => Object.assign(toInstall(row), { name: `${row.namespace}/${row.name}` }))
}

/** Installs an agent, or changes what is installed of it. */
export async function putInstall(queries: Queries, install: Omit<Install, 'installedAt'>): Promise<Install> {
  const changed = {
    reference: install.reference,
    version: install.version,
    installed_by: install.installedBy,
  }
  const row = await queries
    .insertInto('registry_installs')
    .values({
      organization_id: install.organizationId,
      workspace_id: install.workspaceId ?? '',
      agent_id: install.agentId,
      ...changed,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'workspace_id', 'agent_id'])
        .doUpdateSet({ ...changed, installed_at: sql<Date>`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return toInstall(row)
}

/** Removes what exactly this organization or workspace has installed. @returns it; null when there is nothing */
export async function deleteInstall(
  queries: Queries,
  { organizationId, workspaceId }: Tenant,
  agentId: string,
): Promise<Install | null> {
  const row = await queries
    .deleteFrom('registry_installs')
    .where('organization_id', '=', organizationId)
    .where('workspace_id', '=', workspaceId ?? '')
    .where('agent_id', '=', agentId)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toInstall(row)
}

export async function countInstalls(
  queries: Queries,
  { organizationId, workspaceId }: Tenant,
): Promise<number> {
  const { count } = await queries
    .selectFrom('registry_installs')
    .select(sql<string>`count(*)`.as('count'))
    .where('organization_id', '=', organizationId)
    .where('workspace_id', '=', workspaceId ?? '')
    .executeTakeFirstOrThrow()
  return Number(count)
}

function toInstall(row: Selectable<Tables['registry_installs']>): Install {
  return {
    organizationId: row.organization_id,
    workspaceId: row.workspace_id || null,
    agentId: row.agent_id,
    reference: row.reference,
    version: row.version,
    installedAt: row.installed_at.toISOString(),
    installedBy: row.installed_by,
  }
}
