import type { Store } from '../store/client.ts'
import { getAgentStats, type AgentStats } from '../store/queries/agent-stats.ts'
import type { Scope, Window } from '../store/scope.ts'

/** Statistics of an agent in a window. */
export function agentStats(
  { store, scope }: { store: Store; scope: Scope },
  query: { agentId: string; window: Window; compare?: 'previous' | undefined },
): Promise<AgentStats> {
  return getAgentStats(store, { ...query, scope })
}
