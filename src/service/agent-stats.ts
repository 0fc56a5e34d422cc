import { compareFigures, type Change } from './compare-figures.ts'
import type { Store } from '../store/client.ts'
import { getAgentStats, type AgentStats } from '../store/queries/agent-stats.ts'
import type { Scope, Window } from '../store/scope.ts'

/** Statistics of an agent in a window. */
export async function agentStats(
  { store, scope }: { store: Store; scope: Scope },
  query: { agentId: string; window: Window; compare?: 'previous' | undefined },
): Promise<AgentStats & { change?: Change }> {
  const found = await getAgentStats(store, { ...query, scope })
  return found.previous === undefined
    ? found
    : { ...found, change: compareFigures(found, found.previous.count === 0 ? null : found.previous) }
}
