/** Counts the matches of a search by what they can be narrowed to. */
import { sql } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import { AGENTS } from './registry-matches.ts'
import type { AgentFacets, FacetValue } from './registry-types.ts'
import { among, mostRun, type AgentSearch } from './registry-search.ts'

/** Matches that are counted, at most: a count of all would read every one. */
const COUNTED_MAX = 1_000
const VALUES_MAX = 20

export const NO_FACETS: AgentFacets = { agents: 0, isCapped: false, language: [], runtime: [], topic: [] }

/** How many of the matches that the scope may see have which language, runtimes and topics. */
export async function countFacets(
  queries: Queries,
  scope: Scope,
  search: Pick<AgentSearch, 'words' | 'labels' | 'namespace' | 'owner'>,
): Promise<AgentFacets> {
  const ids = await mostRun(queries, scope, { search, limit: COUNTED_MAX + 1 })
  const { rows } = await sql<{ facet: string; value: string; count: number }>`with counted as materialized (
      select language, runtimes, topics from ${AGENTS} where ${among(ids, scope)}
      order by runs desc, id desc limit ${COUNTED_MAX}
    ), facets as (
      select 'agent' as facet, '' as value, count(*)::int as count from counted
      union all select 'language', language, count(*)::int from counted group by language
      union all select 'runtime', runtime, count(*)::int from counted, unnest(runtimes) runtime group by runtime
      union all select 'topic', topic, count(*)::int from counted, unnest(topics) topic group by topic
    ), ordered as (
      select *, row_number() over (partition by facet order by count desc, value) as place from facets
    ) select facet, value, count from ordered where place <= ${VALUES_MAX} order by facet, place`.execute(
    queries,
  )
  const of = (facet: string): FacetValue[] =>
    rows.filter((row) => row.facet === facet).map(({ value, count }) => ({ value, count }))
  return {
    agents: of('agent')[0]?.count ?? 0,
    isCapped: ids.length > COUNTED_MAX,
    language: of('language'),
    runtime: of('runtime'),
    topic: of('topic'),
  }
}
