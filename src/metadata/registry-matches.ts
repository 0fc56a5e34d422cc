/**
 * Finds the first matches of a search in an order: by reading agents in that order where matches are frequent, by the index of
 * words where they are few. What is frequent shows in the first agents of the order, whatever Postgres' statistics say.
 */
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { SCHEMA, type Queries } from './database.ts'

export const AGENTS = sql.table(`${SCHEMA}.registry_agents`)

/** Agents that a search may show. All conditions hold. */
export interface Matching {
  /** Which part of the index of the order they are in. */
  listed: boolean
  /** Of them, those that the scope may see. */
  seen: Expression<SqlBool>
  /** Null: of any. */
  organizationId: string | null
  namespace: string | null
  /** Whole words and labels of the search, as a query, and a beginning of words; null: any. */
  words: string | null
  beginning: string | null
}

export interface Order {
  column: RawBuilder<unknown>
  /** Where the page before ends. */
  behind: Expression<SqlBool>
  limit: number
}

/** So few rows are read and sorted without a look at the order. */
const READ_AT_ONCE = 2_000
/** Agents of the first look at the order. */
const LOOKED_AT = 1_000
/** Each further look is so many times as far, at least and at most. */
const FURTHER = { least: 4, most: 16 }

/** The index collects all agents of a beginning, which is so many times as fast as reading them. */
const COLLECTED = 30

/** The ids of the first matches in the order. */
export async function firstMatches(queries: Queries, matching: Matching, order: Order): Promise<string[]> {
  const { agents, all, ...known } = await estimate(queries, matching)
  const { place, words, query } = { ...known, ...byWords(matching, { ...known, all }) }
  for (let bound = LOOKED_AT; Math.min(place, words) > READ_AT_ONCE && bound < agents;) {
    const found = await idsOf(queries, inOrder(matching, order, bound))
    if (found.length === order.limit) return found
    const share = (found.length + 1) / bound
    const further = order.limit / share
    if (Math.min(place, Math.max(words, share * all)) <= further) break
    bound *= Math.max(FURTHER.least, Math.min(FURTHER.most, Math.ceil((1.5 * further) / bound)))
  }
  return idsOf(queries, sorted(matching, order, place <= words ? placeOf(matching) : has(query)))
}

async function idsOf(queries: Queries, statement: RawBuilder<{ id: string }>): Promise<string[]> {
  return (await statement.execute(queries)).rows.map(({ id }) => id)
}

/** Matches among the first agents of the order. The limit within keeps the planner from another way to read them. */
function inOrder(matching: Matching, { column, behind, limit }: Order, bound: number) {
  return sql<{ id: string }>`select id from (select * from ${AGENTS}
      where listed = ${sql.lit(matching.listed)} and ${behind}
      order by ${column} desc, id desc limit ${bound}) registry_agents
    where ${conditionOf(matching)} order by ${column} desc, id desc limit ${limit}`
}

/**
 * All rows that an index has for a condition, and of them the matches, sorted. `offset 0` keeps the planner from other indexes,
 * and from a bet on an order in which matches come early.
 */
function sorted(matching: Matching, { column, behind, limit }: Order, indexed: RawBuilder<SqlBool>) {
  return sql<{
    id: string
  }>`select id from (select * from ${AGENTS} where ${indexed} offset 0) registry_agents
    where ${conditionOf(matching)} and ${behind} order by ${column} desc, id desc limit ${limit}`
}

function conditionOf(matching: Matching): RawBuilder<SqlBool> {
  return sql<SqlBool>`${matching.seen} and registry_agents.status <> 'yanked'
    and ${placeOf(matching)} and ${has(wholeOf(matching))}`
}

function placeOf({ listed, organizationId, namespace }: Matching): RawBuilder<SqlBool> {
  const owned = organizationId === null ? sql`true` : sql`registry_agents.organization_id = ${organizationId}`
  const inNamespace = namespace === null ? sql`true` : sql`registry_agents.namespace = ${namespace}`
  return sql<SqlBool>`registry_agents.listed = ${sql.lit(listed)} and ${owned} and ${inNamespace}`
}

function has(query: string | null): RawBuilder<SqlBool> {
  return query === null ? sql`true` : sql<SqlBool>`registry_agents.search @@ ${query}::tsquery`
}

function wholeOf({ words, beginning }: Matching): string | null {
  return words === null || beginning === null ? (words ?? beginning) : `${words} & ${beginning}`
}

/** What the index of words is asked for. A beginning that many agents have would take longer than to read the others. */
function byWords(
  matching: Matching,
  { exact, begun, both, all }: Pick<Estimate, 'exact' | 'begun' | 'both' | 'all'>,
): { query: string | null; words: number } {
  const isLeftOut =
    matching.words !== null && matching.beginning !== null && begun > COLLECTED * exact * (1 - begun / all)
  return isLeftOut ? { query: matching.words, words: exact } : { query: wholeOf(matching), words: both }
}

const planned = z.tuple([
  z.object({ Plan: z.object({ Plans: z.array(z.object({ 'Plan Rows': z.number() })) }) }),
])

interface Estimate {
  /** Agents of the place that is searched. */
  place: number
  /** Agents anywhere that have the whole words, a word with the beginning, and both. */
  exact: number
  begun: number
  both: number
  /** Agents of the part of the order, and in all. */
  agents: number
  all: number
}

/** How many rows each way would read, as the planner estimates it without reading them. */
async function estimate(queries: Queries, matching: Matching): Promise<Estimate> {
  const { listed, words, beginning } = matching
  const part = sql`registry_agents.listed = ${sql.lit(listed)}`
  const conditions = [placeOf(matching), ...[words, beginning, wholeOf(matching)].map(has), part, sql`true`]
  const counted = conditions.map((condition) => sql`select from ${AGENTS} where ${condition}`)
  const { rows } = await sql<{ 'QUERY PLAN': unknown }>`explain (format json)
    ${sql.join(counted, sql` union all `)}`.execute(queries)
  const [{ Plan: plan }] = planned.parse(rows[0]?.['QUERY PLAN'])
  const [place = 0, exact = 0, begun = 0, both = 0, agents = 0, all = 0] = plan.Plans.map(
    (one) => one['Plan Rows'],
  )
  return { place, exact, begun, both, agents, all }
}
