/** The table of tags that are moved by hand; `latest` follows from the versions. */
import { sql } from 'kysely'
import type { Queries } from './database.ts'

/** Tags of one agent, at most. */
export const TAGS_MAX = 50

/** Tags that are moved by hand, by name. @param only `approved`: those of versions that other organizations see */
export async function tagsOf(
  queries: Queries,
  agentId: string,
  only: 'all' | 'approved',
): Promise<Map<string, string>> {
  let query = queries
    .selectFrom('registry_tags')
    .select(['registry_tags.tag', 'registry_tags.version'])
    .where('registry_tags.agent_id', '=', agentId)
    .orderBy('registry_tags.tag')
    .limit(TAGS_MAX)
  if (only === 'approved')
    query = query
      .innerJoin('registry_versions', (join) =>
        join
          .onRef('registry_versions.agent_id', '=', 'registry_tags.agent_id')
          .onRef('registry_versions.version', '=', 'registry_tags.version'),
      )
      .where('registry_versions.review', '=', 'approved')
  return new Map((await query.execute()).map(({ tag, version }) => [tag, version]))
}

/** Puts a tag on a version. */
export async function putTag(
  queries: Queries,
  { agentId, tag, version, by }: { agentId: string; tag: string; version: string; by: string },
): Promise<void> {
  await queries
    .insertInto('registry_tags')
    .values({ agent_id: agentId, tag, version, changed_by: by })
    .onConflict((conflict) =>
      conflict
        .columns(['agent_id', 'tag'])
        .doUpdateSet({ version, changed_by: by, changed_at: sql<Date>`now()` }),
    )
    .execute()
}

export async function deleteTag(
  queries: Queries,
  { agentId, tag }: { agentId: string; tag: string },
): Promise<void> {
  await queries.deleteFrom('registry_tags').where('agent_id', '=', agentId).where('tag', '=', tag).execute()
}
