/** How many of the agents that a search finds have what it can be narrowed to. */
import type { AgentFacets } from '../client/registry.ts'
import { formatCount } from '../format.ts'
import { FACETS } from '../metadata/registry-values.ts'
import { renderTable } from './table.ts'

/** A line for each value, most frequent first; counts with a plus may be higher. */
export function renderFacets(facets: AgentFacets): string {
  const plus = facets.isCapped ? '+' : ''
  return renderTable(
    [{ title: 'narrow by' }, { title: 'value' }, { title: 'agents', align: 'right' }],
    FACETS.flatMap((facet) =>
      facets[facet].map(({ value, count }) => [`--${facet}`, value, `${formatCount(count)}${plus}`]),
    ),
  )
}
