/** The table of channels. Secrets are opaque here. */
import type { Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Owner } from './alert-rules.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { ownerCondition, tenantCondition } from './tenant.ts'

/** Where notifications go. */
export interface StoredChannel extends Owner {
  id: string
  name: string
  kind: string
  settings: Readonly<Record<string, unknown>>
  /** Sealed. */
  secret: string
  /** Notifications an hour, at most. */
  hourlyLimit: number
  createdAt: string
  changedBy: string
}

const CHANNELS_MAX = 200

export async function listChannels(queries: Queries, scope: Scope): Promise<StoredChannel[]> {
  const rows = await queries
    .selectFrom('alert_channels')
    .selectAll()
    .where(tenantCondition(scope))
    .orderBy('name')
    .orderBy('id')
    .limit(CHANNELS_MAX)
    .execute()
  return rows.map(toChannel)
}

/** The channels of these names that a rule of an owner notifies: the owner's, and those of its organization. */
export async function channelsOf(
  queries: Queries,
  { organizationId, workspaceId }: Owner,
  names: readonly string[],
): Promise<StoredChannel[]> {
  if (names.length === 0) return []
  const rows = await queries
    .selectFrom('alert_channels')
    .selectAll()
    .where('organization_id', 'is not distinct from', organizationId)
    .where((where) =>
      where.or([
        where('workspace_id', 'is', null),
        where('workspace_id', 'is not distinct from', workspaceId),
      ]),
    )
    .where('name', 'in', [...names])
    .orderBy('id')
    .execute()
  return rows.map(toChannel)
}

/** Channels by their ids. */
export async function findChannels(queries: Queries, ids: readonly string[]): Promise<StoredChannel[]> {
  if (ids.length === 0) return []
  const rows = await queries
    .selectFrom('alert_channels')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute()
  return rows.map(toChannel)
}

/** Makes a channel, or changes the one of that id. @returns null where its owner has another of that name */
export async function saveChannel(
  queries: Queries,
  channel: Omit<StoredChannel, 'createdAt'>,
): Promise<StoredChannel | null> {
  const { id, organizationId, workspaceId, hourlyLimit, changedBy, settings, ...rest } = channel
  const others = await queries
    .selectFrom('alert_channels')
    .select('id')
    .where('id', '!=', id)
    .where('name', '=', rest.name)
    .where(ownerCondition(channel))
    .execute()
  if (others.length > 0) return null
  const changed = {
    ...rest,
    settings: JSON.stringify(settings),
    hourly_limit: hourlyLimit,
    changed_by: changedBy,
  }
  const row = await queries
    .insertInto('alert_channels')
    .values({ id, organization_id: organizationId, workspace_id: workspaceId, ...changed })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
    .returningAll()
    .executeTakeFirstOrThrow()
  return toChannel(row)
}

/** The channels of a tenant that have an id or a name; several owners may have one of that name. */
export async function channelsNamed(
  queries: Queries,
  scope: Scope,
  idOrName: string,
): Promise<StoredChannel[]> {
  const rows = await queries
    .selectFrom('alert_channels')
    .selectAll()
    .where(tenantCondition(scope))
    .where((where) =>
      where.or([where(where.cast('id', 'text'), '=', idOrName), where('name', '=', idOrName)]),
    )
    .orderBy('id')
    .limit(CHANNELS_MAX)
    .execute()
  return rows.map(toChannel)
}

/** Deletes a channel with what was to be sent to it. */
export async function deleteChannel(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom('alert_channels').where('id', '=', id).execute()
}

function toChannel(row: Selectable<Tables['alert_channels']>): StoredChannel {
  return {
    id: row.id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    name: row.name,
    kind: row.kind,
    settings: row.settings,
    secret: row.secret,
    hourlyLimit: row.hourly_limit,
    createdAt: row.created_at.toISOString(),
    changedBy: row.changed_by,
  }
}
