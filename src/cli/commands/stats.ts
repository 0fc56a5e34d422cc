/** `exectrail stats`: statistics of an agent, or by group, from the running service. */
import { loadConfig } from '../../config.ts'
import type { StatsReport } from '../../service/stats.ts'
import type { AgentStats } from '../../store/queries/agent-stats.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { renderGroupedStats } from '../grouped-stats-table.ts'
import { findService, type Query, type ServiceClient } from '../service-client.ts'
import { renderStats } from '../stats-table.ts'
import type { Terminal } from '../terminal.ts'
import { toWindowQuery } from '../window-options.ts'

export interface StatsOptions extends FilterOptions {
  by: string
  order: string
  limit: string
  compare?: true
  json?: true
}

/** Prints the stats of one agent, or the figures of groups. */
export async function stats(
  agent: string | undefined,
  options: StatsOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const compare = options.compare === true ? 'previous' : undefined
  const agentId = agent ?? options.agent
  if (agentId !== undefined && !NOT_IN_PATH.has(agentId) && !isNarrowed(options)) {
    await printAgent(
      service,
      { agentId, query: { ...toWindowQuery(options, Date.now()), compare } },
      options,
      terminal,
    )
    return 0
  }
  const query = {
    ...toFilterQuery({ ...options, agent: agentId }, Date.now()),
    groupBy: toFields(options.by),
    order: options.order,
    limit: options.limit,
    compare,
  }
  const found = await service.get<StatsReport>('/v1/stats', query)
  if (options.json) await terminal.data(toJson(found))
  else if (found.total.count === 0) sayEmpty('match', found.window, terminal)
  else await terminal.data(renderGroupedStats(found, terminal))
  return 0
}

/** The words of the other options, as fields. */
const FIELD_OF: ReadonlyMap<string, string> = new Map([
  ['agent', 'codeAgentId'],
  ['version', 'codeAgentVersion'],
  ['workflow', 'workflowExecutionId'],
  ['workflow-execution', 'workflowExecutionId'],
  ['node', 'nodeId'],
  ['workspace', 'workspaceId'],
  ['user', 'userId'],
  ['error', 'errorType'],
])

function toFields(names: string): string {
  return names
    .split(',')
    .map((name) => FIELD_OF.get(name.trim()) ?? name)
    .join(',')
}

/** Ids that a URL path cannot hold. */
const NOT_IN_PATH: ReadonlySet<string> = new Set(['.', '..'])

/** The stats of one agent take only a window. */
function isNarrowed({ by, ...options }: StatsOptions): boolean {
  const { where, search, user, runtime, language, outcome, workflowExecution } = options
  const filters = [where, search, user, runtime, language, outcome, workflowExecution]
  return by !== 'codeAgentId' || filters.some((given) => given !== undefined)
}

async function printAgent(
  service: ServiceClient,
  { agentId, query }: { agentId: string; query: Query },
  options: StatsOptions,
  terminal: Terminal,
): Promise<void> {
  const found = await service.get<AgentStats>(`/v1/agents/${encodeURIComponent(agentId)}/stats`, query)
  if (options.json) await terminal.data(toJson(found))
  else if (found.count === 0) sayEmpty(`of ${escapeControls(agentId)}`, found.window, terminal)
  else await terminal.data(renderStats(found, terminal))
}

function sayEmpty(which: string, { from, to }: { from: string; to: string }, terminal: Terminal): void {
  terminal.say(`No executions ${which} from ${from} to ${to}.`)
  terminal.say('Look further back with --since 365d, or run some: exectrail run hello.py --agent <agent>')
}
