/** Searches code agents. */
import { sql, type RawBuilder, type Selectable, type SqlBool } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import { ownAgents, toAgent, visibleTo, type RegistryAgent } from './registry-agents.ts'
import { AGENTS, firstMatches, type Matching, type Order } from './registry-matches.ts'
import type { SearchSort } from './registry-values.ts'
import type { Tables } from './tables.ts'

export interface AgentSearch {
  /** A query of Postgres' text search, see `readWords`; null: any words. */
  words: string | null
  /** The agent of this name comes first. */
  exact: { namespace: string; name: string } | null
  /** What agents must have, see `labelsOf`. */
  labels: readonly string[]
  namespace: string | null
  /** `own`: agents of the scope's organization. */
  owner: 'any' | 'own'
  sort: SearchSort
  after: SearchPosition | null
  limit: number
}

/** Where a page ends: text of the value that is sorted by, and the agent. */
export interface SearchPosition {
  value: string
  id: string
}

export interface FoundAgent {
  agent: RegistryAgent
  position: SearchPosition
}

/** Of the matches with the most runs, how many are ranked by how well they match. */
const RANKED = 200

const COLUMNS: Readonly<Record<Exclude<SearchSort, 'relevance'>, { name: string; type: string }>> = {
  newest: { name: 'updated_at', type: 'timestamptz' },
  runs: { name: 'runs', type: 'bigint' },
  success: { name: 'success_score', type: 'double precision' },
  cost: { name: 'cost_score', type: 'double precision' },
  latency: { name: 'latency_score', type: 'double precision' },
  trend: { name: 'trend_score', type: 'double precision' },
}

const WORDS_MAX = 12
/** The last word of a query, if it may be the beginning of one. */
const BEGINNING = /'[^']*':\*$/u
const PREFIX_MIN = 3

/**
 * The words of a text as a query: agents must have all of them, the last one may be the beginning of one.
 * @returns null where no word of it is searched
 */
export async function readWords(queries: Queries, text: string): Promise<string | null> {
  const words = (text.match(/[\p{L}\p{N}]{1,40}/gu) ?? []).slice(0, WORDS_MAX)
  const last = words.at(-1)
  if (last === undefined) return null
  const ending = last.length < PREFIX_MIN ? last : `${last}:*`
  const { rows } = await sql<{ query: string }>`select
    (plainto_tsquery('english', ${words.slice(0, -1).join(' ')}) && to_tsquery('english', ${ending}))::text as query`.execute(
    queries,
  )
  return rows[0]?.query || null
}

/** The agents that match and that the scope may see, best first. */
export async function searchAgents(
  queries: Queries,
  scope: Scope,
  search: AgentSearch,
): Promise<FoundAgent[]> {
  const isRanked = search.sort === 'relevance' && search.words !== null
  const statement = await (isRanked ? ranked : ordered)(queries, scope, search)
  const { rows } = await statement.execute(queries)
  return rows.map((row) => ({ agent: toAgent(row), position: { value: row.position, id: row.id } }))
}

type Row = Selectable<Omit<Tables['registry_agents'], 'search'>> & { position: string }

const SHOWN = sql.raw(
  `id, namespace, name, organization_id, workspace_id, visibility, listed, forked_from, forked_version, created_at,
  updated_at, created_by, card_version, status, status_reason, description, language, runtimes, topics, license, signed, runs,
  success_score, cost_score, latency_score, trend_score`,
)

async function ordered(queries: Queries, scope: Scope, search: AgentSearch): Promise<RawBuilder<Row>> {
  const { limit, after } = search
  const { name, type } = COLUMNS[search.sort === 'relevance' ? 'runs' : search.sort]
  const column = sql.ref(`registry_agents.${name}`)
  const behind =
    after === null
      ? sql<SqlBool>`true`
      : sql<SqlBool>`(${column}, registry_agents.id) < (${after.value}::${sql.raw(type)}, ${after.id}::bigint)`
  const ids = await candidates(queries, scope, { search, order: { column, behind, limit } })
  return sql<Row>`select ${SHOWN}, ${column}::text as position from ${AGENTS}
    where ${among(ids, scope)} and ${behind} order by ${column} desc, id desc limit ${limit}`
}

/** Of the matches with the most runs, those that match best; an agent of that very name first. */
async function ranked(queries: Queries, scope: Scope, search: AgentSearch): Promise<RawBuilder<Row>> {
  const { after, limit, words, exact } = search
  const [named, matches] = await Promise.all([
    exact === null ? [] : idsOf(queries, exact),
    rankedIds(queries, scope, search),
  ])
  const isNamed = sql`id = any(${named}::bigint[])`
  const rank = sql`case when ${isNamed} then 1000
    else ts_rank(search, ${words}::tsquery)::double precision * (1 + ln(1 + runs) / 10) end`
  const behind =
    after === null ? sql`true` : sql`(rank, id) < (${after.value}::double precision, ${after.id}::bigint)`
  return sql<Row>`select *, rank::text as position from (
      select ${SHOWN}, ${rank} as rank from ${AGENTS}
      where ${among([...named, ...matches], scope)} and (${isNamed} or status <> 'yanked')
    ) ranked where ${behind} order by rank desc, id desc limit ${limit}`
}

/** Ids that a first page was ranked from, for the pages after it, by database and search. */
const rankings = new WeakMap<Queries, LRUCache<string, string[]>>()
const KEPT = { max: 256, ttl: 60_000 }

/** A first page finds what there is now; the pages after it are of the same agents, while they are kept. */
async function rankedIds(queries: Queries, scope: Scope, search: AgentSearch): Promise<string[]> {
  const { words, labels, namespace, owner } = search
  const key = JSON.stringify([scope, words, labels, namespace, owner])
  const kept = rankings.get(queries) ?? new LRUCache<string, string[]>(KEPT)
  rankings.set(queries, kept)
  const ids =
    (search.after === null ? undefined : kept.get(key)) ??
    (await mostRun(queries, scope, { search, limit: RANKED }))
  kept.set(key, ids)
  return ids
}

/** What was found is read again as it is now: the scope may no longer see all of it. */
export function among(ids: readonly string[], scope: Scope): RawBuilder<SqlBool> {
  return sql<SqlBool>`id = any(${ids}::bigint[]) and ${visibleTo(scope)}`
}

async function idsOf(
  queries: Queries,
  { namespace, name }: NonNullable<AgentSearch['exact']>,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from ${AGENTS}
    where namespace = ${namespace} and name = ${name}`.execute(queries)
  return rows.map(({ id }) => id)
}

/** The ids of the matches with the most runs, up to the limit of what all see and of what only the scope sees. */
export function mostRun(
  queries: Queries,
  scope: Scope,
  { search, limit }: { search: Asked; limit: number },
): Promise<string[]> {
  const order = { column: sql.ref('registry_agents.runs'), behind: sql<SqlBool>`true`, limit }
  return candidates(queries, scope, { search, order })
}

type Asked = Pick<AgentSearch, 'words' | 'labels' | 'namespace' | 'owner'>

/** The ids of the first matches, of what all see and of what only the scope sees. */
async function candidates(
  queries: Queries,
  scope: Scope,
  { search, order }: { search: Asked; order: Order },
): Promise<string[]> {
  const found = await Promise.all(
    readable(scope, search).map((matching) => firstMatches(queries, matching, order)),
  )
  return found.flat()
}

/** Matches that exclude one another, which together are what the scope may see. */
function readable(scope: Scope, { words, labels, namespace, owner }: Asked): Matching[] {
  const beginning = words?.match(BEGINNING)?.[0] ?? null
  const whole = words?.replace(BEGINNING, '').replace(/ & $/u, '') ?? ''
  const parts = [...(whole === '' ? [] : [whole]), ...labels.map(quoted)]
  const asked = { words: parts.length === 0 ? null : parts.join(' & '), beginning, namespace }
  const organizationId = scope === 'all' ? null : scope.organizationId
  const own = { ...asked, seen: ownAgents(scope), organizationId }
  const any = { ...asked, seen: sql<SqlBool>`true`, organizationId: null }
  return [
    { ...(owner === 'own' ? own : any), listed: true },
    { ...own, listed: false },
  ]
}

/** A label as a lexeme of a query. */
function quoted(label: string): string {
  return `'${label.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
