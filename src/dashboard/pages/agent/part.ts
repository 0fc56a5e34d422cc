/** What each part of an agent's page is about. */
export interface AgentPart {
  /** Null: executions without an agent. */
  agentId: string | null
  /** The condition of the agent alone. */
  own: string
  /** That, and the filter of the page. */
  where: readonly string[]
  q: string | undefined
  /** The window in words. */
  words: string
}
