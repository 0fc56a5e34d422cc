/** Searches code agents. */
import type { Database, Queries } from '../../metadata/database.ts'
import { countFacets, NO_FACETS } from '../../metadata/registry-facets.ts'
import { labelsOf } from '../../metadata/registry-labels.ts'
import {
  readWords,
  searchAgents as search,
  type FoundAgent,
  type SearchPosition,
} from '../../metadata/registry-search.ts'
import { figuresOf } from '../../metadata/registry-statistics.ts'
import type { AgentFacets } from '../../metadata/registry-types.ts'
import type { SearchSort } from '../../metadata/registry-values.ts'
import { agentNameIssue } from '../../registry/names.ts'
import type { Scope } from '../../store/scope.ts'
import { readName } from './agent-access.ts'
import type { AgentSummary } from './view-types.ts'
import { toSummary } from './views.ts'

export interface SearchQuery {
  /** Words that the name, the topics, the description or the README have. */
  q?: string | undefined
  topics?: readonly string[] | undefined
  language?: string | undefined
  runtime?: string | undefined
  /** In any case. */
  license?: string | undefined
  namespace?: string | undefined
  /** `own`: those of the caller's organization; every one with an administrator's key. */
  owner: 'any' | 'own'
  /** @default relevance with words, else runs */
  sort?: SearchSort | undefined
  after: SearchPosition | null
  limit: number
  /** Whether to count what the matches can be narrowed to. */
  facets?: 'none' | 'counted'
}

export interface AgentPage {
  data: readonly AgentSummary[]
  /** Where the next page begins; null at the end. */
  next: SearchPosition | null
  /** Where they are asked for. */
  facets?: AgentFacets
}

/** The agents that the scope may see, best first; without those whose versions are all yanked. */
export async function searchAgents(
  { queries }: Database,
  scope: Scope,
  { q, topics = [], language, runtime, license, namespace, owner, sort, after, limit, facets }: SearchQuery,
): Promise<AgentPage> {
  const words = q === undefined ? null : await readWords(queries, q)
  const isCounted = facets === 'counted'
  if (q !== undefined && words === null)
    return { data: [], next: null, ...(isCounted && { facets: NO_FACETS }) }
  const labels = labelsOf({
    language: given(language),
    runtime: given(runtime),
    topic: topics,
    license: given(license),
  })
  const asked = { words, labels, namespace: namespace ?? null, owner }
  const exact = q !== undefined && agentNameIssue(q) === null ? readName(q) : null
  const page = { exact, sort: sort ?? 'relevance', after, limit: limit + 1 }
  const [found, counted] = await Promise.all([
    search(queries, scope, { ...asked, ...page }),
    isCounted ? countFacets(queries, scope, asked) : null,
  ])
  const shown = found.slice(0, limit)
  return {
    data: await withFigures(queries, scope, shown),
    next: found.length > limit ? (shown.at(-1)?.position ?? null) : null,
    ...(counted !== null && { facets: counted }),
  }
}

function given(value: string | undefined): string[] {
  return value === undefined ? [] : [value]
}

async function withFigures(
  queries: Queries,
  scope: Scope,
  found: readonly FoundAgent[],
): Promise<AgentSummary[]> {
  const ids = found.map(({ agent }) => agent.id)
  const figures = new Map((await figuresOf(queries, ids, 'agents')).map((one) => [one.agentId, one]))
  return found.map(({ agent }) => toSummary(scope, agent, figures.get(agent.id)))
}
