/** How many of the agents found have what they can be narrowed to. */
import type { AgentFacets } from '../../../client/index.ts'
import { formatCount } from '../../../format.ts'
import type { Facet } from '../../../metadata/registry-values.ts'
import { useDirectQuestion } from '../../data/queries.ts'
import { useWindow } from '../../search/window.ts'
import type { MarketSearch } from './search-address.ts'

export type Facets = AgentFacets | undefined

/** The counts of a search; undefined until they are there. */
export function useFacets({ q, topic, language, runtime, license, owner }: MarketSearch): Facets {
  const { organization } = useWindow()
  const input = { organization, q, topic, language, runtime, license, owner }
  return useDirectQuestion('searchAgents', { ...input, facets: 'counted', limit: 1 }).data?.facets
}

/** The count of a value in brackets; nothing where it is not known. */
export function countOf(facets: Facets, facet: Facet, value: string): string {
  const found = facets?.[facet].find((one) => one.value === value)
  return facets === undefined || found === undefined ? '' : ` (${atLeast(found.count, facets)})`
}

/** With a plus where there may be more. */
export function atLeast(count: number, { isCapped }: AgentFacets): string {
  return `${formatCount(count)}${isCapped ? '+' : ''}`
}
