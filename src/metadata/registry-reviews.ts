/** Reviews of versions, in the table of versions. */
import { sql } from 'kysely'
import type { Queries } from './database.ts'
import type { PendingReview } from './registry-types.ts'
import type { Review } from './registry-values.ts'
import type { StoredVersion } from './registry-versions.ts'

/** Asks for a review of the versions that were never asked for, or refused. */
export async function askForReview(queries: Queries, agentId: string): Promise<void> {
  await queries
    .updateTable('registry_versions')
    .set({ review: 'pending', review_reason: null })
    .where('agent_id', '=', agentId)
    .where((where) => where.or([where('review', 'is', null), where('review', '=', 'refused')]))
    .execute()
}

/** Takes back what waits for a review. */
export async function withdrawReview(queries: Queries, agentId: string): Promise<void> {
  await queries
    .updateTable('registry_versions')
    .set({ review: null })
    .where('agent_id', '=', agentId)
    .where('review', '=', 'pending')
    .execute()
}

/** The versions that wait for a review, the longest first, at most 1000. */
export async function pendingReviews(queries: Queries): Promise<PendingReview[]> {
  const rows = await queries
    .selectFrom('registry_versions')
    .innerJoin('registry_agents', 'registry_agents.id', 'registry_versions.agent_id')
    .select([
      'registry_agents.namespace',
      'registry_agents.name',
      'registry_agents.organization_id',
      'registry_versions.version',
      'registry_versions.sha256',
      'registry_versions.published_at',
    ])
    .where('registry_versions.review', '=', 'pending')
    .orderBy('registry_versions.published_at')
    .limit(1_000)
    .execute()
  return rows.map((row) => ({
    name: `${row.namespace}/${row.name}`,
    version: row.version,
    organizationId: row.organization_id,
    sha256: row.sha256,
    publishedAt: row.published_at.toISOString(),
  }))
}

/** Decides the review of a version. */
export async function setReview(
  queries: Queries,
  { agentId, version }: Pick<StoredVersion, 'agentId' | 'version'>,
  { review, reason, by }: { review: Exclude<Review, 'pending'>; reason: string | null; by: string },
): Promise<void> {
  await queries
    .updateTable('registry_versions')
    .set({ review, review_reason: reason, reviewed_at: sql<Date>`now()`, reviewed_by: by })
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .execute()
}
