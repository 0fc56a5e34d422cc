import type { Store } from '../store/client.ts'
import { getAgentStats, type AgentStats } from '../store/queries/agent-stats.ts'
import type { Scope, Window } from '../store/scope.ts'

/** What an agent did in a window, measured. */
export function agentStats(
  { store, scope }: { store: Store; scope: Scope },
  question: { agentId: string; window: Window; compare?: 'previous' | undefined },
): Promise<AgentStats> {
  return getAgentStats(store, { ...question, scope })
}
