/** `exectrail workflow`: runs of workflows, or one as a waterfall, from the running service. */
import { loadConfig } from '../../config.ts'
import type { WorkflowView } from '../../service/workflow-executions.ts'
import type { WorkflowSummary } from '../../store/queries/workflow-executions.ts'
import type { Window } from '../../store/scope.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService, type ServiceClient } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'
import { renderRun, renderRuns } from '../waterfall.ts'
import { toWindowQuery } from '../window-options.ts'

export interface WorkflowOptions extends FilterOptions {
  state?: string
  limit: string
  cursor?: string
  spans?: true
  json?: true
}

interface Page {
  data: WorkflowSummary[]
  nextCursor: string | null
  window: Window
}

/** Ids that a URL path cannot hold. */
const NOT_IN_PATH: ReadonlySet<string> = new Set(['.', '..'])

export async function workflow(
  id: string | undefined,
  options: WorkflowOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  if (id === undefined || NOT_IN_PATH.has(id)) {
    await printRuns(service, id === undefined ? options : { ...options, workflowExecution: id }, terminal)
    return 0
  }
  const found = await service.get<WorkflowView>(
    `/v1/workflow-executions/${encodeURIComponent(id)}`,
    toWindowQuery(options, Date.now()),
  )
  await terminal.data(options.json ? toJson(found) : renderRun(found, options, terminal))
  return 0
}

async function printRuns(
  service: ServiceClient,
  options: WorkflowOptions,
  terminal: Terminal,
): Promise<void> {
  const { state, limit, cursor } = options
  const query = { ...toFilterQuery(options, Date.now()), state, limit, cursor }
  const page = await service.get<Page>('/v1/workflow-executions', query)
  if (options.json) return terminal.data(toJson(page))
  if (page.data.length === 0) {
    terminal.say(`No runs of workflows match from ${page.window.from} to ${page.window.to}.`)
    terminal.say(
      'Look further back with --since 365d, or run a step of one: exectrail run step.py --workflow-execution run-1 --node fetch',
    )
    return undefined
  }
  await terminal.data(renderRuns(page.data))
  if (page.nextCursor !== null)
    terminal.say(`More: the same command with --cursor ${escapeControls(page.nextCursor)}`)
  return undefined
}
