/** Which versions a key signed, and what its revocation changes. */
import { sql, type Expression, type SqlBool } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import { ownAgents } from './registry-agents.ts'
import type { SigningKey } from './registry-types.ts'

type KeyAt = Pick<SigningKey, 'organizationId' | 'id'>

export interface SignedRow {
  publisherId: string
  keyId: string
  /** `namespace/name` */
  name: string
  version: string
  /** ISO 8601 UTC */
  publishedAt: string
}

/** Of each key. */
const SIGNED_MAX = 20

/** The newest versions that the keys of a scope, or one of them, signed, as far as the scope may see them. */
export async function signedVersions(queries: Queries, scope: Scope, only?: KeyAt): Promise<SignedRow[]> {
  let keys = queries.selectFrom('registry_keys').selectAll().orderBy('created_at', 'desc').limit(1_000)
  if (scope !== 'all') keys = keys.where('organization_id', '=', scope.organizationId)
  if (only !== undefined)
    keys = keys.where('organization_id', '=', only.organizationId).where('id', '=', only.id)
  const rows = await queries
    .selectFrom(keys.as('registry_keys'))
    .innerJoinLateral(
      (of) =>
        of
          .selectFrom('registry_versions')
          .innerJoin('registry_agents', 'registry_agents.id', 'registry_versions.agent_id')
          .select(['namespace', 'registry_agents.name as agent', 'version', 'published_at'])
          .whereRef('publisher_id', '=', 'registry_keys.organization_id')
          .whereRef('signed_by', '=', 'registry_keys.id')
          .where(isSeen(scope))
          .orderBy('published_at', 'desc')
          .limit(SIGNED_MAX)
          .as('signed'),
      (join) => join.onTrue(),
    )
    .select([
      'registry_keys.organization_id',
      'registry_keys.id',
      'namespace',
      'agent',
      'version',
      'published_at',
    ])
    .orderBy('published_at', 'desc')
    .execute()
  return rows.map((row) => ({
    publisherId: row.organization_id,
    keyId: row.id,
    name: `${row.namespace}/${row.agent}`,
    version: row.version,
    publishedAt: row.published_at.toISOString(),
  }))
}

/** Also of a namespace that the publisher has given away. */
function isSeen(scope: Scope): Expression<SqlBool> {
  return sql<SqlBool>`(${ownAgents(scope)} or (registry_agents.listed and registry_versions.review = 'approved'))`
}

/** Lists no longer call agents signed whose version shown a key signed that is revoked. */
export async function unsignCards(queries: Queries, { organizationId, id }: KeyAt): Promise<void> {
  await queries
    .updateTable('registry_agents')
    .from('registry_versions')
    .set({ signed: false })
    .whereRef('registry_versions.agent_id', '=', 'registry_agents.id')
    .whereRef('registry_versions.version', '=', 'registry_agents.card_version')
    .where('registry_versions.publisher_id', '=', organizationId)
    .where('registry_versions.signed_by', '=', id)
    .execute()
}
