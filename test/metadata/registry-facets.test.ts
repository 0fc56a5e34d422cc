/** Counts of what a search finds, compared with counting every agent. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ownAgents, visibleTo } from '../../src/metadata/registry-agents.ts'
import { countFacets } from '../../src/metadata/registry-facets.ts'
import { labelsOf } from '../../src/metadata/registry-labels.ts'
import { readWords, type AgentSearch } from '../../src/metadata/registry-search.ts'
import type { Scope } from '../../src/store/scope.ts'
import { addAgents } from '../support/many-agents.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
  await addAgents(metadata.database, 0, 4_000)
})
afterAll(() => metadata[Symbol.asyncDispose]())

type Asked = Pick<AgentSearch, 'words' | 'labels' | 'namespace' | 'owner'>
const ALL: Asked = { words: null, labels: [], namespace: null, owner: 'any' }
const ACME: Scope = { organizationId: 'acme' }
const WORKSPACE: Scope = { organizationId: 'acme', workspaceId: 'w1' }

/** Agents of each language, counted one by one. */
async function languages(scope: Scope, { words, owner }: Asked): Promise<Record<string, number>> {
  const { rows } = await sql<{ language: string; count: number }>`
    select language, count(*)::int as count from exectrail.registry_agents
    where status <> 'yanked' and ${owner === 'own' ? ownAgents(scope) : visibleTo(scope)}
      and (${words}::text is null or search @@ ${words ?? ''}::tsquery) group by language`.execute(
    metadata.database.queries,
  )
  return Object.fromEntries(rows.map(({ language, count }) => [language, count]))
}

const read = (text: string): Promise<string | null> => readWords(metadata.database.queries, text)

it.each([
  ['acme', ACME],
  ['a workspace of acme', WORKSPACE],
  ['an administrator', 'all' as const],
])('are exact for %s where few agents match', async (_, scope) => {
  const asked = { ...ALL, words: await read('common') }
  const right = await languages(scope, asked)
  const { agents, isCapped, language, topic } = await countFacets(metadata.database.queries, scope, asked)
  expect(isCapped).toBe(false)
  expect(Object.fromEntries(language.map(({ value, count }) => [value, count]))).toEqual(right)
  expect(agents).toBe(language.reduce((sum, { count }) => sum + count, 0))
  expect(topic.map(({ value }) => value).toSorted()).toEqual(['topic-0', 'topic-1', 'topic-2'])
})

it('are of a thousand where more match, and then no more than there are', async () => {
  const asked = { ...ALL, words: await read('everywhere') }
  const right = await languages(ACME, asked)
  const { agents, isCapped, language } = await countFacets(metadata.database.queries, ACME, asked)
  expect({ agents, isCapped }).toEqual({ agents: 1_000, isCapped: true })
  for (const { value, count } of language) expect(count).toBeLessThanOrEqual(right[value] ?? 0)
})

it('count a licence once, however it is spelled', async () => {
  const asked = { ...ALL, words: await read('common') }
  const { agents, license } = await countFacets(metadata.database.queries, ACME, asked)
  expect(license.map(({ value }) => value)).toEqual(['MIT', 'Apache-2.0'])
  expect(license.reduce((sum, { count }) => sum + count, 0)).toBe(agents)
})

it('narrow with the search', async () => {
  const asked = {
    ...ALL,
    words: await read('seldom'),
    labels: labelsOf({ language: ['bash'], license: ['mit'] }),
  }
  const { agents, language, license } = await countFacets(metadata.database.queries, ACME, asked)
  expect(language.map(({ value }) => value)).toEqual(['bash'])
  expect(license).toEqual([{ value: 'MIT', count: agents }])
})
