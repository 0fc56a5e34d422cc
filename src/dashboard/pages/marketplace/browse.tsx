/** Finds code agents by words, topics, language, runtime and licence. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { AgentSummary, Operations, ProblemError } from '../../../client/index.ts'
import { LANGUAGES, RUNTIMES } from '../../../execution.ts'
import { formatCount } from '../../../format.ts'
import { Choices } from '../../components/choices.tsx'
import controls from '../../components/controls.module.css'
import { Answered } from '../../components/question.tsx'
import { ask } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import { AgentCard } from './agent-card.tsx'
import styles from './marketplace.module.css'
import { countOf, useFacets, type Facets } from './facets.ts'
import { NothingFound } from './nothing-found.tsx'
import { Topics } from './topics.tsx'
import { SORTS, useMarketSearch, type MarketSearchControl } from './search-address.ts'

const PAGE = 20
type Answer = Operations['searchAgents']['reply']

export function Browse(): ReactNode {
  const search = useMarketSearch()
  const question = useAgents(search)
  return (
    <div className={styles['browse']}>
      <SearchForm key={search.q ?? ''} search={search} />
      <Answered question={question} what="agents">
        {({ pages }) => (
          <Found
            agents={pages.flatMap(({ data }) => data)}
            search={search}
            more={
              question.hasNextPage
                ? { isPending: question.isFetchingNextPage, show: () => void question.fetchNextPage() }
                : null
            }
          />
        )}
      </Answered>
    </div>
  )
}

function useAgents({ q, topic, language, runtime, license, sort, owner }: MarketSearchControl) {
  const { organization } = useWindow()
  const input = { organization, q, topic, language, runtime, license, sort, owner, limit: PAGE }
  return useInfiniteQuery<Answer, ProblemError, { pages: Answer[] }, unknown[], string | undefined>({
    queryKey: ['searchAgents', input],
    queryFn: ({ pageParam, signal }) => ask('searchAgents', { ...input, cursor: pageParam }, signal),
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
}

const ANY = 'any'

function SearchForm({ search }: { search: MarketSearchControl }): ReactNode {
  const { q = '', change } = search
  const [words, setWords] = useState(q)
  return (
    <search>
      <form
        className={styles['search']}
        aria-label="Find agents"
        onSubmit={(event) => {
          event.preventDefault()
          const asked = words.trim()
          change({ q: asked === '' ? undefined : asked, ...(asked !== '' && { sort: 'relevance' }) })
        }}
      >
        <label className={styles['words']}>
          Search
          <input
            className={controls['input']}
            type="search"
            maxLength={256}
            placeholder="what it does, its name, a topic"
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
        </label>
        <Narrowing search={search} />
        <button type="submit" className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}>
          Search
        </button>
      </form>
      <Topics search={search} />
    </search>
  )
}

function Narrowing({ search }: { search: MarketSearchControl }): ReactNode {
  const { language, runtime, license, sort, owner, change } = search
  const facets = useFacets(search)
  const licenses = facets?.license.map(({ value }) => value) ?? []
  return (
    <>
      <FacetChoices
        label="Language"
        {...{ facet: 'language', facets, names: LANGUAGES, value: language }}
        onChange={(value) => change({ language: value })}
      />
      <FacetChoices
        label="Runtime"
        {...{ facet: 'runtime', facets, names: RUNTIMES, value: runtime }}
        onChange={(value) => change({ runtime: value })}
      />
      <FacetChoices
        label="Licence"
        {...{ facet: 'license', facets, names: licenses, value: license }}
        onChange={(value) => change({ license: value })}
      />
      <Choices
        label="Whose"
        value={owner}
        names={['any', 'own'] as const}
        nameOf={(name) => (name === 'own' ? 'ours' : 'any')}
        onChange={(name) => change({ owner: name })}
      />
      <Choices
        label="Order"
        value={sort}
        names={sortsFor(search)}
        nameOf={(name) => SORTS[name]}
        onChange={(name) => change({ sort: name })}
      />
    </>
  )
}

interface FacetChoicesProps {
  label: string
  facet: 'language' | 'runtime' | 'license'
  value: string | undefined
  names: readonly string[]
  facets: Facets
  onChange: (value: string | undefined) => void
}

/** Any value of a facet or one of them, with how many agents have it. */
function FacetChoices({ label, facet, value = ANY, names, facets, onChange }: FacetChoicesProps): ReactNode {
  return (
    <Choices
      label={label}
      value={value}
      names={[...new Set([ANY, ...names, value])]}
      nameOf={(name) => `${visible(name)}${countOf(facets, facet, name)}`}
      onChange={(name) => onChange(name === ANY ? undefined : name)}
    />
  )
}

/** Without words nothing matches better than another. */
function sortsFor({ q }: MarketSearchControl): (keyof typeof SORTS)[] {
  const all = ['relevance', 'runs', 'success', 'latency', 'cost', 'trend', 'newest'] as const
  return all.filter((name) => q !== undefined || name !== 'relevance')
}

interface FoundProps {
  agents: readonly AgentSummary[]
  search: MarketSearchControl
  /** Null: there are no more. */
  more: { isPending: boolean; show: () => void } | null
}

function Found({ agents, search, more }: FoundProps): ReactNode {
  if (agents.length === 0) return <NothingFound search={search} />
  return (
    <>
      <output className={styles['count']}>
        {formatCount(agents.length)}
        {more === null ? '' : ' of more'} {agents.length === 1 ? 'agent' : 'agents'}
      </output>
      <ul className={styles['agents']} aria-label="Agents">
        {agents.map((agent) => (
          <AgentCard
            key={agent.name}
            agent={agent}
            onTopic={(topic) => search.change({ topic: [...new Set([...search.topic, topic])] })}
          />
        ))}
      </ul>
      {more !== null && (
        <button type="button" className={controls['button']} disabled={more.isPending} onClick={more.show}>
          Show more
        </button>
      )}
    </>
  )
}
