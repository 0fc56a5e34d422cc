/** The table of public keys, which signatures of versions are verified with. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { SigningKey } from './registry-types.ts'
import type { Tables } from './tables.ts'

/** The keys of a scope, the newest first. */
export async function listSigningKeys(queries: Queries, scope: Scope): Promise<SigningKey[]> {
  let query = queries.selectFrom('registry_keys').selectAll().orderBy('created_at', 'desc').limit(1_000)
  if (scope !== 'all') query = query.where('organization_id', '=', scope.organizationId)
  return (await query.execute()).map(toKey)
}

/** A key of an organization by its id, revoked ones included; locked against a change. */
export async function findSigningKey(
  queries: Queries,
  { organizationId, id }: Pick<SigningKey, 'organizationId' | 'id'>,
): Promise<SigningKey | null> {
  const row = await queries
    .selectFrom('registry_keys')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forShare()
    .executeTakeFirst()
  return row === undefined ? null : toKey(row)
}

/** Adds a key unless the organization has it. @returns whether it was added */
export async function insertSigningKey(
  queries: Queries,
  key: Omit<SigningKey, 'createdAt' | 'revokedAt' | 'revokedBy'>,
): Promise<boolean> {
  const row = await queries
    .insertInto('registry_keys')
    .values({
      organization_id: key.organizationId,
      id: key.id,
      name: key.name,
      public_key: key.publicKey,
      created_by: key.createdBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Revokes a key, once. */
export async function revokeSigningKey(
  queries: Queries,
  { organizationId, id, by }: Pick<SigningKey, 'organizationId' | 'id'> & { by: string },
): Promise<SigningKey> {
  const row = await queries
    .updateTable('registry_keys')
    .set({ revoked_at: sql<Date>`now()`, revoked_by: by })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toKey(row)
}

function toKey(row: Selectable<Tables['registry_keys']>): SigningKey {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    publicKey: row.public_key,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    revokedBy: row.revoked_by,
  }
}
