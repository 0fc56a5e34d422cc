/** The table of API keys. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { KeyScope } from './key-scopes.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

/** A key as it is stored, without its secret. Times are ISO 8601 UTC. */
export interface StoredKey {
  id: string
  name: string
  /** Null: every organization. */
  organizationId: string | null
  workspaceId: string | null
  scopes: readonly KeyScope[]
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  /** At most a minute late. */
  lastUsedAt: string | null
}

export interface NewKey {
  id: string
  name: string
  secretSha256: Buffer
  organizationId: string | null
  workspaceId: string | null
  scopes: readonly KeyScope[]
  createdAt: string
  expiresAt: string | null
}

/** Keys listed in one answer, at most. */
export const KEYS_LISTED = 1_000
/** Uses within so many seconds are one. */
export const USE_INTERVAL_SECONDS = 60

/** The key of a secret, revoked and expired ones included; null when there is none. */
export async function findKey(queries: Queries, secretSha256: Buffer): Promise<StoredKey | null> {
  const row = await queries
    .selectFrom('api_keys')
    .selectAll()
    .where('secret_sha256', '=', secretSha256)
    .executeTakeFirst()
  return row === undefined ? null : toKey(row)
}

/** Adds a key unless its id or its secret is there. @returns whether it was added */
export async function insertKey(queries: Queries, key: NewKey): Promise<boolean> {
  const added = await queries
    .insertInto('api_keys')
    .values({
      id: key.id,
      name: key.name,
      secret_sha256: key.secretSha256,
      organization_id: key.organizationId,
      workspace_id: key.workspaceId,
      scopes: [...key.scopes],
      created_at: new Date(key.createdAt),
      expires_at: key.expiresAt === null ? null : new Date(key.expiresAt),
      revoked_at: null,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return added !== undefined
}

/** The keys of a tenant, newest first. */
export async function listKeys(
  queries: Queries,
  scope: Scope,
  { revoked }: { revoked: 'with' | 'without' },
): Promise<StoredKey[]> {
  let query = ofTenant(queries, scope).orderBy('created_at', 'desc').orderBy('id').limit(KEYS_LISTED)
  if (revoked === 'without') query = query.where('revoked_at', 'is', null)
  return (await query.execute()).map(toKey)
}

/** A key of a tenant, locked until the transaction ends; null when there is none. */
export async function lockKey(queries: Queries, scope: Scope, id: string): Promise<StoredKey | null> {
  const row = await ofTenant(queries, scope).where('id', '=', id).forUpdate().executeTakeFirst()
  return row === undefined ? null : toKey(row)
}

/** Revokes a key now. */
export async function revokeKey(queries: Queries, id: string): Promise<StoredKey> {
  const row = await queries
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toKey(row)
}

/** How many keys administer the whole installation. Locks them, so that two revocations cannot each leave the other. */
export async function countAdministrators(queries: Queries): Promise<number> {
  const rows = await queries
    .selectFrom('api_keys')
    .select('id')
    .where('organization_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]))
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.length
}

/** Notes that a key was used, unless that was noted within the interval. */
export async function touchKey(queries: Queries, id: string): Promise<void> {
  const before = sql<Date>`now() - make_interval(secs => ${USE_INTERVAL_SECONDS / 2})`
  await queries
    .updateTable('api_keys')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', before)]))
    .execute()
}

function ofTenant(queries: Queries, scope: Scope) {
  return queries.selectFrom('api_keys').selectAll().where(tenantCondition(scope))
}

function toKey(row: Selectable<Tables['api_keys']>): StoredKey {
  return {
    id: row.id,
    name: row.name,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }
}
