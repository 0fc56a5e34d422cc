/** `exectrail stats`: statistics of an agent, from the running service. */
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import type { AgentStats } from '../../store/queries/agent-stats.ts'
import { findService } from '../service-client.ts'
import { renderStats } from '../stats-table.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, escapeControls } from '../escape-controls.ts'
import { toWindowQuery, type WindowOptions } from '../window-options.ts'

export interface StatsOptions extends WindowOptions {
  agent?: string
  json?: true
}

/** Prints the stats of one agent. */
export async function stats(
  agent: string | undefined,
  options: StatsOptions,
  terminal: Terminal,
): Promise<number> {
  const agentId = agent ?? options.agent
  if (agentId === undefined) {
    throw new InvalidRequestError([{ path: 'agent', message: 'name the agent: exectrail stats <agent>' }])
  }
  const query = toWindowQuery(options, Date.now())
  const service = await findService(loadConfig())
  const found = await service.get<AgentStats>(`/v1/agents/${encodeURIComponent(agentId)}/stats`, query)
  if (options.json) {
    await terminal.data(toJson(found))
  } else if (found.count === 0) {
    terminal.say(
      `No executions of ${escapeControls(agentId)} from ${found.window.from} to ${found.window.to}.`,
    )
    terminal.say('Look further back with --since 365d, or run some: exectrail run hello.py --agent <agent>')
  } else {
    await terminal.data(renderStats(found, terminal))
  }
  return 0
}
