/** The table of namespaces, each owned by one organization. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'

export interface Namespace {
  name: string
  organizationId: string
  /** ISO 8601 UTC */
  createdAt: string
  createdBy: string
  /** The organization that may take it over, and since when. */
  offeredTo: string | null
  offeredAt: string | null
  /** The organization that declined the last offer, and when. */
  declinedBy: string | null
  declinedAt: string | null
  /** The organization that gave it away last, and when. */
  movedFrom: string | null
  movedAt: string | null
}

const NO_OFFER = {
  offered_to: null,
  offered_at: null,
  offered_by: null,
  declined_by: null,
  declined_at: null,
}

/** Namespaces of one organization, at most. */
export const NAMESPACES_MAX = 100

/** Makes a namespace that does not exist. @returns it, or that of the first who asked; locked against a change of owner */
export async function claimNamespace(
  queries: Queries,
  { name, organizationId, createdBy }: Pick<Namespace, 'name' | 'organizationId' | 'createdBy'>,
): Promise<{ namespace: Namespace; made: boolean }> {
  const made = await queries
    .insertInto('registry_namespaces')
    .values({
      name,
      organization_id: organizationId,
      created_by: createdBy,
      offered_to: null,
      offered_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (made !== undefined) return { namespace: toNamespace(made), made: true }
  const row = await queries
    .selectFrom('registry_namespaces')
    .selectAll()
    .where('name', '=', name)
    .forShare()
    .executeTakeFirstOrThrow()
  return { namespace: toNamespace(row), made: false }
}

/** The namespace, locked until the transaction ends; null when there is none. */
export async function lockNamespace(queries: Queries, name: string): Promise<Namespace | null> {
  const row = await queries
    .selectFrom('registry_namespaces')
    .selectAll()
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? null : toNamespace(row)
}

/** The namespaces that a scope owns, is offered or has given away last, by name. */
export async function listNamespaces(queries: Queries, scope: Scope): Promise<Namespace[]> {
  let query = queries.selectFrom('registry_namespaces').selectAll().orderBy('name').limit(1_000)
  if (scope !== 'all')
    query = query.where((where) =>
      where.or([
        where('organization_id', '=', scope.organizationId),
        where('offered_to', '=', scope.organizationId),
        where('moved_from', '=', scope.organizationId),
      ]),
    )
  return (await query.execute()).map(toNamespace)
}

export async function countNamespaces(queries: Queries, organizationId: string): Promise<number> {
  const { count } = await queries
    .selectFrom('registry_namespaces')
    .select(sql<string>`count(*)`.as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Offers a namespace to an organization; null takes the offer back. */
export async function offerNamespace(
  queries: Queries,
  { name, to, by }: { name: string; to: string | null; by: string },
): Promise<Namespace> {
  const row = await queries
    .updateTable('registry_namespaces')
    .set({
      ...NO_OFFER,
      ...(to !== null && { offered_to: to, offered_at: sql<Date>`now()`, offered_by: by }),
    })
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toNamespace(row)
}

/** Ends an offer that the organization it was made to does not take. */
export async function declineNamespace(
  queries: Queries,
  { name, organizationId }: Pick<Namespace, 'name' | 'organizationId'>,
): Promise<Namespace> {
  const row = await queries
    .updateTable('registry_namespaces')
    .set({
      ...NO_OFFER,
      declined_by: organizationId,
      declined_at: sql<Date>`now()`,
    })
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toNamespace(row)
}

/**
 * Gives a namespace with its agents to another organization. No workspace of the old one keeps an agent.
 * @returns the namespace, and how many agents it has
 */
export async function moveNamespace(
  queries: Queries,
  { name, to, by }: { name: string; to: string; by: string },
): Promise<{ namespace: Namespace; agents: number }> {
  const row = await queries
    .updateTable('registry_namespaces')
    .set({
      ...NO_OFFER,
      organization_id: to,
      created_by: by,
      moved_from: sql<string>`organization_id`,
      moved_at: sql<Date>`now()`,
    })
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirstOrThrow()
  const { numUpdatedRows } = await queries
    .updateTable('registry_agents')
    .set({
      organization_id: to,
      workspace_id: '',
      visibility: sql`case when visibility = 'workspace' then 'private' else visibility end`,
    })
    .where('namespace', '=', name)
    .executeTakeFirstOrThrow()
  return { namespace: toNamespace(row), agents: Number(numUpdatedRows) }
}

function toNamespace(row: Selectable<Tables['registry_namespaces']>): Namespace {
  return {
    name: row.name,
    organizationId: row.organization_id,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    offeredTo: row.offered_to,
    offeredAt: row.offered_at?.toISOString() ?? null,
    declinedBy: row.declined_by,
    declinedAt: row.declined_at?.toISOString() ?? null,
    movedFrom: row.moved_from,
    movedAt: row.moved_at?.toISOString() ?? null,
  }
}
