/** What searches find and in which order, compared with reading and sorting every agent. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownAgents, visibleTo } from '../../src/metadata/registry-agents.ts'
import { labelsOf } from '../../src/metadata/registry-labels.ts'
import {
  readWords,
  searchAgents,
  type AgentSearch,
  type FoundAgent,
} from '../../src/metadata/registry-search.ts'
import { SEARCH_SORTS, type SearchSort } from '../../src/metadata/registry-values.ts'
import type { Scope } from '../../src/store/scope.ts'
import { addAgents, SHARES } from '../support/many-agents.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

const AGENTS = 8_000
const RANKED = 200
const MIGRATION = join(import.meta.dirname, '../../postgres/migrations/0015_registry_labels.sql')

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
  await addAgents(metadata.database, 0, AGENTS)
})
afterAll(() => metadata[Symbol.asyncDispose]())

const SCOPES: Readonly<Record<string, Scope>> = {
  'an administrator': 'all',
  acme: { organizationId: 'acme' },
  'a workspace of acme': { organizationId: 'acme', workspaceId: 'w1' },
  'an organization without agents': { organizationId: 'nobody' },
}
const QUERIES = [null, ...Object.keys(SHARES), 'frequent common', 'freq', 'agent-77', 'absent']
const BASE = { exact: null, labels: [], namespace: null, owner: 'any', after: null, limit: 30 } as const
type Asked = Omit<AgentSearch, 'sort'>

async function walk(scope: Scope, search: AgentSearch, pages: number): Promise<FoundAgent[]> {
  const found: FoundAgent[] = []
  let after = search.after
  for (let page = 0; page < pages; page += 1) {
    const read = await searchAgents(metadata.database.queries, scope, { ...search, after })
    found.push(...read)
    after = read.at(-1)?.position ?? null
    if (read.length < search.limit) break
  }
  return found
}

const COLUMNS = { newest: 'updated_at', runs: 'runs', success: 'success_score', cost: 'cost_score' } as const
const SORTED_BY: Readonly<Record<SearchSort, string>> = {
  relevance: 'runs',
  ...COLUMNS,
  latency: 'latency_score',
  trend: 'trend_score',
}

/** Ids in the right order, by conditions that no index serves. */
async function expected(scope: Scope, search: AgentSearch): Promise<string[]> {
  const { words, labels, namespace, owner, sort } = search
  const own = ownAgents(scope)
  const condition = sql`status <> 'yanked' and ${owner === 'own' ? own : visibleTo(scope)}
    and (${words}::text is null or search @@ ${words ?? ''}::tsquery)
    and (${namespace}::text is null or namespace = ${namespace})
    and tsvector_to_array(search) @> ${labels}::text[]`
  const table = sql.table('exectrail.registry_agents')
  const top = (listed: 'listed' | 'not listed') =>
    sql`(select * from ${table} where ${sql.raw(listed)} and ${condition} order by runs desc, id desc limit ${RANKED})`
  const statement =
    sort === 'relevance' && words !== null
      ? sql<{ id: string }>`select id from (${top('listed')} union all ${top('not listed')}) registry_agents
          order by ts_rank(search, ${words}::tsquery)::double precision * (1 + ln(1 + runs) / 10) desc, id desc`
      : sql<{
          id: string
        }>`select id from ${table} where ${condition} order by ${sql.ref(SORTED_BY[sort])} desc, id desc`
  return (await statement.execute(metadata.database.queries)).rows.map(({ id }) => id)
}

/** The searches whose first pages are not the right ones. */
async function wrong(sort: SearchSort, searches: readonly Partial<Asked>[]): Promise<string[]> {
  const pages = 2
  const found: string[] = []
  for (const [who, scope] of Object.entries(SCOPES))
    for (const asked of searches) {
      const search = { ...BASE, words: null, ...asked, sort }
      const ids = (await walk(scope, search, pages)).map(({ agent }) => agent.id)
      const right = (await expected(scope, search)).slice(0, pages * search.limit)
      if (ids.join() !== right.join())
        found.push(`${who}: ${JSON.stringify(asked)}: ${ids.join()}, not ${right.join()}`)
    }
  return found
}

const reading = async (text: string | null): Promise<string | null> =>
  text === null ? null : readWords(metadata.database.queries, text)

describe.each(['before', 'after'])('%s Postgres has statistics of the table', (when) => {
  beforeAll(async () => {
    if (when === 'after') await sql`analyze exectrail.registry_agents`.execute(metadata.database.queries)
  })

  it.each(SEARCH_SORTS)('a search by %s finds what each may see, in that order', async (sort) => {
    const words = await Promise.all(QUERIES.map(reading))
    const searches = words.map((query) => ({ words: query }))
    expect(await wrong(sort, searches)).toEqual([])
  })

  it.each(SEARCH_SORTS)('filters narrow a search by %s and change no order', async (sort) => {
    const frequent = await reading('frequent')
    const searches = [
      { labels: labelsOf({ language: ['bash'], topic: ['topic-1'], license: ['MIT'] }) },
      { labels: labelsOf({ language: ['python'] }), words: frequent },
      { labels: labelsOf({ language: ["'\\"] }) },
      { namespace: 'acme-ns', words: frequent },
      { namespace: 'initech-ns' },
      { owner: 'own' as const },
      { owner: 'own' as const, words: await reading('common') },
    ]
    expect(await wrong(sort, searches)).toEqual([])
  })
})

it.each(['language', 'runtime', 'topic', 'license'])(
  'the word %s finds what says it, not every agent that has one',
  async (word) => {
    const words = await reading(word)
    expect(await searchAgents(metadata.database.queries, 'all', { ...BASE, words, sort: 'runs' })).toEqual([])
  },
)

it('a migration gives the labels of earlier versions their colon', async () => {
  const { queries } = metadata.database
  const table = sql.table('exectrail.registry_agents')
  const read = async () =>
    (await sql<{ search: string }>`select search::text from ${table} order by id`.execute(queries)).rows
  const now = await read()
  const migration = await readFile(MIGRATION, 'utf8')
  await queries.transaction().execute(async (transaction) => {
    await sql`update ${table} set search = ts_delete(search, labels) || old from (
        select id, array_agg(label) as labels, array_to_tsvector(array_agg(ltrim(label, ':'))
          filter (where label not like ':license%')) as old
        from ${table}, unnest(tsvector_to_array(search)) label where label like ':%' group by id
      ) labelled where labelled.id = registry_agents.id`.execute(transaction)
    await sql.raw(migration).execute(transaction)
  })
  const after = await read()
  expect(after.filter(({ search }, at) => search !== now[at]?.search).slice(0, 2)).toEqual([])
})

it.each([
  ['hidden', sql`visibility = 'private', listed = false`],
  ['yanked', sql`status = 'yanked'`],
])('a page shows no agent that was %s after the page before', async (_, change) => {
  const search = { ...BASE, words: await reading('frequent'), sort: 'relevance' as const }
  const { queries } = metadata.database
  const scope = SCOPES['an organization without agents'] ?? 'all'
  const first = await searchAgents(queries, scope, search)
  const after = first.at(-1)?.position ?? null
  const [gone] = await searchAgents(queries, scope, { ...search, after })
  const table = sql.table('exectrail.registry_agents')
  await sql`update ${table} set ${change} where id = ${gone?.agent.id}`.execute(queries)
  const ids = (await searchAgents(queries, scope, { ...search, after })).map(({ agent }) => agent.id)
  expect(ids.length).toBe(search.limit)
  expect(ids).not.toContain(gone?.agent.id)
})

it('an agent of the very name comes first, once', async () => {
  const [, found] = await searchAgents(metadata.database.queries, 'all', {
    ...BASE,
    words: await reading('common'),
    sort: 'relevance',
  })
  const { namespace = '', name = '' } = found?.agent ?? {}
  const exact = { namespace, name }
  const search = { ...BASE, words: await reading('common'), exact, sort: 'relevance' as const }
  const ids = (await walk('all', search, 20)).map(({ agent }) => agent.id)
  expect(ids[0]).toBe(found?.agent.id)
  expect(new Set(ids).size).toBe(ids.length)
})

it.each(SEARCH_SORTS)('pages by %s have each agent once while others are added', async (sort) => {
  const { database } = metadata
  const search = { ...BASE, namespace: 'acme-ns', words: await reading('common'), sort, limit: 7 }
  const before = await expected('all', search)
  const found: FoundAgent[] = []
  let from = 1_000_000 + 100_000 * SEARCH_SORTS.indexOf(sort)
  for (let after: AgentSearch['after'] = null; ;) {
    const page = await searchAgents(database.queries, 'all', { ...search, after })
    found.push(...page)
    after = page.at(-1)?.position ?? null
    if (page.length < search.limit) break
    await addAgents(database, from, 40)
    from += 40
  }
  const ids = found.map(({ agent }) => agent.id)
  expect(new Set(ids).size).toBe(ids.length)
  const known = new Set(before)
  expect(ids.filter((id) => known.has(id))).toEqual(before)
})
