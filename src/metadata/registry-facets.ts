/** Counts the matches of a search by what they can be narrowed to. */
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import { COLUMN_VALUES } from './registry-labels.ts'
import { AGENTS } from './registry-matches.ts'
import type { AgentFacets, FacetValue } from './registry-types.ts'
import { among, mostRun, type AgentSearch } from './registry-search.ts'
import { FACETS, type Facet } from './registry-values.ts'

/** Matches that are counted, at most: a count of all would read every one. */
const COUNTED_MAX = 1_000
const VALUES_MAX = 20

export const NO_FACETS: AgentFacets = toFacets([], { agents: 0, isCapped: false })

/** How many of the matches that the scope may see have which values. */
export async function countFacets(
  queries: Queries,
  scope: Scope,
  search: Pick<AgentSearch, 'words' | 'labels' | 'namespace' | 'owner'>,
): Promise<AgentFacets> {
  const ids = await mostRun(queries, scope, { search, limit: COUNTED_MAX + 1 })
  const { rows } = await sql<Counted>`with counted as materialized (
      select language, runtimes, topics, license from ${AGENTS} where ${among(ids, scope)}
      order by runs desc, id desc limit ${COUNTED_MAX}
    ), facets as (
      select '' as facet, '' as value, count(*)::int as count from counted
      ${sql.join(FACETS.map(countsOf), sql` `)}
    ), ordered as (
      select *, row_number() over (partition by facet order by count desc, value) as place from facets
    ) select facet, value, count from ordered where place <= ${VALUES_MAX} order by facet, place`.execute(
    queries,
  )
  const agents = rows.find(({ facet }) => facet === '')?.count ?? 0
  return toFacets(rows, { agents, isCapped: ids.length > COUNTED_MAX })
}

interface Counted extends FacetValue {
  facet: string
}

/** Of several spellings the most frequent one is shown. */
function countsOf(facet: Facet): RawBuilder<Counted> {
  return sql`union all select ${sql.lit(facet)}, mode() within group (order by value), count(*)::int
    from counted, unnest(${COLUMN_VALUES[facet]}) value group by lower(value)`
}

function toFacets(
  rows: readonly Counted[],
  { agents, isCapped }: { agents: number; isCapped: boolean },
): AgentFacets {
  const of = (facet: Facet): FacetValue[] =>
    rows.filter((row) => row.facet === facet).map(({ value, count }) => ({ value, count }))
  return {
    agents,
    isCapped,
    language: of('language'),
    runtime: of('runtime'),
    topic: of('topic'),
    license: of('license'),
  }
}
