/** Rows of a registry with many code agents. */
import { sql } from 'kysely'
import type { Database } from '../../src/metadata/database.ts'

const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri fro glu'.split(' ')
const WORD_COUNT = 20_000

/** The same numbers in every run, 0 to below 1. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

export const random = randomFrom(1)

/** Words of a language that is none, each three syllables or more. */
export const WORDS: readonly string[] = Array.from({ length: WORD_COUNT }, (_, index) => {
  const at = (place: number): string => SYLLABLES[Math.floor(index / 25 ** place) % 25] ?? ''
  return at(0) + at(1) + at(2) + (index >= 25 ** 3 ? at(3) : '')
})
/** The place of a word, the first ones often: the n-th is n times as rare as the first. */
export function wordAt(draw = random): number {
  return Math.floor(Math.exp(draw() * Math.log(WORD_COUNT)))
}

export const TOPICS: readonly string[] = Array.from({ length: 200 }, (_, index) => `topic-${index}`)
const OTHER_ORGANIZATIONS = 5_000
const AT_ONCE = 25_000
/** A description, with its number of words and its weight in a search. */
const PARTS = [
  { count: 2, weight: 'A' },
  { count: 10, weight: 'C' },
  { count: 40, weight: 'D' },
]

/** Public agents of many organizations, and some that only acme or others see. Their indexes are made after the rows. */
export async function fillRegistry({ queries }: Database, agents: number): Promise<void> {
  const { rows: indexes } = await sql<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'exectrail' and tablename in ('registry_agents', 'registry_statistics')
      and not exists (select from pg_constraint where conname = indexname)`.execute(queries)
  for (const { name } of indexes) await sql`drop index exectrail.${sql.id(name)}`.execute(queries)
  await sql`insert into exectrail.registry_namespaces (name, organization_id, created_by)
    select 'ns-' || n, case when n % 100 = 0 then 'acme' else 'org-' || n % ${sql.lit(OTHER_ORGANIZATIONS)} end, 'bench'
    from generate_series(0, ${sql.lit(Math.ceil(agents / 50))}) n`.execute(queries)
  const lexemes = await lexemesOf({ queries })
  const starts = Array.from({ length: Math.ceil(agents / AT_ONCE) }, (_, part) => part * AT_ONCE)
  const insertRest = async (): Promise<void> => {
    for (let from = starts.pop(); from !== undefined; from = starts.pop())
      await insertAgents({ queries }, lexemes, from, Math.min(agents, from + AT_ONCE))
  }
  await Promise.all([insertRest(), insertRest()])
  for (const { definition } of indexes) await unlimited({ queries }, definition)
  await unlimited({ queries }, 'vacuum analyze exectrail.registry_agents')
  await unlimited({ queries }, 'vacuum analyze exectrail.registry_statistics')
}

type Filled = Pick<Database, 'queries'>

/** What a search looks for instead of each word. */
async function lexemesOf({ queries }: Filled): Promise<string[]> {
  const { rows } = await sql<{ lexeme: string }>`
    select (tsvector_to_array(to_tsvector('english', word)))[1] as lexeme
    from unnest(${WORDS}::text[]) with ordinality as words (word, place) order by place`.execute(queries)
  return rows.map(({ lexeme }) => lexeme)
}

async function unlimited({ queries }: Filled, statement: string): Promise<void> {
  await queries.connection().execute(async (connection) => {
    await sql`set statement_timeout = 0`.execute(connection)
    await sql.raw(statement).execute(connection)
    await sql`reset statement_timeout`.execute(connection)
  })
}

/** The words of one agent: what lists show of it, and the text of its search vector. */
function drawWords(draw: () => number, lexemes: readonly string[]): { shown: string; vector: string } {
  const shown: string[] = []
  const vector: string[] = []
  for (const { count, weight } of PARTS)
    for (let word = 0; word < count; word += 1) {
      const place = wordAt(draw)
      vector.push(`${lexemes[place]}:${vector.length + 1}${weight}`)
      if (weight !== 'D') shown.push(WORDS[place] ?? '')
    }
  return { shown: `${shown.slice(0, 2).join(' ')}: ${shown.slice(2).join(' ')}`, vector: vector.join(' ') }
}

async function insertAgents(
  { queries }: Filled,
  lexemes: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  const draw = randomFrom(from + 1)
  const drawn = Array.from({ length: to - from }, () => drawWords(draw, lexemes))
  await queries.connection().execute(async (connection) => {
    await sql`set statement_timeout = 0`.execute(connection)
    await sql`select setseed(${from} / 1e9)`.execute(connection)
    await sql`with made as materialized (
      select ${from}::int + place - 1 as n, shown, vector::tsvector as vector, random() < 0.9 as listed,
        (array['python', 'python', 'javascript', 'typescript', 'bash'])[1 + floor(random() * 5)::int] as language,
        case when random() < 0.33 then array['subprocess', 'wasmedge'] else array['subprocess'] end as runtimes,
        array['topic-' || floor(random() ^ 2 * 200)::int, 'topic-' || floor(random() ^ 2 * 200)::int] as topics,
        (array['MIT', 'MIT', 'Apache-2.0', 'GPL-3.0-only', 'LicenseRef-' || place % 1000])[1 + floor(random() * 5)::int] as license
      from unnest(${drawn.map(({ shown }) => shown)}::text[], ${drawn.map(({ vector }) => vector)}::text[])
        with ordinality as drawn (shown, vector, place)
    ), inserted as (
      insert into exectrail.registry_agents (namespace, name, organization_id, visibility, listed, updated_at, created_by,
        card_version, status, description, language, runtimes, topics, license, signed, search, runs, success_score, cost_score,
        latency_score, trend_score)
      select spaces.name, 'agent-' || n, spaces.organization_id,
        case when listed then 'public' when n % 2 = 0 then 'private' else 'organization' end, listed,
        now() - random() * interval '900 days', 'bench', '1.0.0', 'active', left(shown, 300), language,
        runtimes, topics, license, false,
        setweight(to_tsvector('english', spaces.name || ' agent-' || n), 'A') || vector
          || setweight(to_tsvector('english', array_to_string(topics, ' ')), 'B')
          || array_to_tsvector(array[':language:' || language, ':license:' || lower(license)] || array(select ':topic:' || t from unnest(topics) t)
            || array(select ':runtime:' || r from unnest(runtimes) r)),
        case when random() < 0.5 then 0 else floor(exp(random() * 14))::bigint end,
        random(), -random() * 1e6, -random() * 1e4, random() * 20 - 10
      from made join exectrail.registry_namespaces spaces on spaces.name = 'ns-' || n / 50
      returning id, runs
    )
    insert into exectrail.registry_statistics (agent_id, version, runs, successes, p50_ms, p95_ms, cost_nano_usd, priced,
      recent_runs, earlier_runs)
    select id, '', runs, runs / 2, 10, 20, runs * 1000, runs, runs / 4, runs / 4 from inserted`.execute(
      connection,
    )
    await sql`reset statement_timeout`.execute(connection)
  })
}
