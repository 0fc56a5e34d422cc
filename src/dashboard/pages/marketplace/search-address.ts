/** What the marketplace is searched for, which is in its address. */
import { useNavigate } from '@tanstack/react-router'
import type { SearchSort } from '../../../client/index.ts'
import { LANGUAGES, RUNTIMES } from '../../../execution.ts'
import { usePageSearch } from '../../search/page-address.ts'

export const SORTS = {
  relevance: 'Best match',
  runs: 'Most runs',
  success: 'Success rate',
  latency: 'Fastest',
  cost: 'Cheapest',
  trend: 'Rising',
  newest: 'Newest',
} as const satisfies Record<SearchSort, string>

const isSort = (value: unknown): value is SearchSort =>
  typeof value === 'string' && Object.hasOwn(SORTS, value)

export interface MarketSearch {
  q: string | undefined
  topic: readonly string[]
  language: string | undefined
  runtime: string | undefined
  license: string | undefined
  sort: SearchSort
  owner: 'any' | 'own'
}

export interface MarketSearchControl extends MarketSearch {
  /** Whether anything narrows the list. */
  isNarrowed: boolean
  change: (part: Partial<MarketSearch>) => void
  clear: () => void
}

const ANYTHING = {
  q: undefined,
  topic: [],
  language: undefined,
  runtime: undefined,
  license: undefined,
  owner: 'any',
} as const satisfies Partial<MarketSearch>

/** The search of the address and how it changes; each change is a step in the browser's history. */
export function useMarketSearch(): MarketSearchControl {
  const { q, topic, language, runtime, license, sort, owner } = usePageSearch()
  const navigate = useNavigate()
  const search: MarketSearch = {
    q: typeof q === 'string' && q.trim() !== '' ? q : undefined,
    topic: [topic].flat().filter((one): one is string => typeof one === 'string' && one !== ''),
    language: LANGUAGES.find((name) => name === language),
    runtime: RUNTIMES.find((name) => name === runtime),
    license: typeof license === 'string' && license !== '' ? license : undefined,
    sort: isSort(sort) ? sort : q === undefined ? 'runs' : 'relevance',
    owner: owner === 'own' ? 'own' : 'any',
  }
  const write = (next: Partial<MarketSearch>): void =>
    void navigate({
      to: '.',
      search: (now: Record<string, unknown>) => ({ ...now, ...toAddress(next) }),
    })
  return {
    ...search,
    isNarrowed:
      search.q !== undefined ||
      search.topic.length > 0 ||
      search.language !== undefined ||
      search.runtime !== undefined ||
      search.license !== undefined ||
      search.owner === 'own',
    change: write,
    clear: () => write(ANYTHING),
  }
}

/** What is the usual does not stand in the address. */
function toAddress(part: Partial<MarketSearch>): Record<string, unknown> {
  const { topic, owner, ...rest } = part
  return {
    ...rest,
    ...('topic' in part && { topic: topic?.length === 0 ? undefined : topic }),
    ...('owner' in part && { owner: owner === 'own' ? 'own' : undefined }),
  }
}
