import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { agentAddress, NO_AGENT } from '../search/agent-address.ts'

/** For tables that name agents. */
export function nameOfAgent(id: string | null): ReactNode {
  return <AgentLink id={id} />
}

/** The way to an agent's page; null: executions without an agent. */
export function AgentLink({ id }: { id: string | null }): ReactNode {
  return (
    <Link {...agentAddress(id)} className="untrusted">
      {id ?? NO_AGENT}
    </Link>
  )
}
