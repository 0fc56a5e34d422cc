/** The address of an agent's page. */

/** Stands in the path for an agent whose id cannot: none, `.`, `..`; `id` in the query names it then. */
const IN_QUERY = '-'

export interface AgentAddress {
  to: '/agents/$id'
  params: { id: string }
  search: { id?: string }
}

/** @param id null: executions without an agent */
export function agentAddress(id: string | null): AgentAddress {
  const fits = id !== null && id !== '' && id !== '.' && id !== '..' && id !== IN_QUERY
  return {
    to: '/agents/$id',
    params: { id: fits ? id : IN_QUERY },
    search: fits ? {} : { id: id ?? '' },
  }
}

/** The agent that an address names; null for executions without one. */
export function agentOf(inPath: string, inQuery: unknown): string | null {
  if (inPath !== IN_QUERY || typeof inQuery !== 'string') return inPath
  return inQuery === '' ? null : inQuery
}

/** How an agent is called where it has no id. */
export const NO_AGENT = '(no agent)'
