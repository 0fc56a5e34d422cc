/** `exectrail errors`: failures grouped by fingerprint, from the running service. */
import { loadConfig } from '../../config.ts'
import { formatCount, formatTime } from '../../format.ts'
import type { ErrorDecision } from '../../metadata/error-states.ts'
import type { ErrorView } from '../../service/error-view.ts'
import type { Window } from '../../store/scope.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface ErrorsOptions extends FilterOptions {
  order: string
  state?: string
  limit: string
  json?: true
}

const MESSAGE_MAX = 70
const AGENTS_MAX = 30

/** Prints the groups of failures in the window. */
export async function errors(options: ErrorsOptions, terminal: Terminal): Promise<number> {
  const { order, state, limit } = options
  const service = await findService(loadConfig())
  const query = { ...toFilterQuery(options, Date.now()), order, state, limit }
  const found = await service.get<{ window: Window; data: ErrorView[] }>('/v1/errors', query)
  if (options.json) await terminal.data(toJson(found))
  else if (found.data.length === 0)
    terminal.say(`No failures from ${found.window.from} to ${found.window.to}.`)
  else await terminal.data(renderErrors(found.data))
  return 0
}

function renderErrors(groups: readonly ErrorView[]): string {
  return renderTable(
    [
      { title: 'count', align: 'right' },
      { title: 'state' },
      { title: 'last seen' },
      { title: 'agents', max: AGENTS_MAX },
      { title: 'message', max: MESSAGE_MAX },
      { title: 'fingerprint' },
      { title: 'an execution' },
    ],
    groups.map((group) => [
      formatCount(group.count),
      describeState(group),
      formatTime(group.lastSeen),
      nameSome(group.agents),
      group.message,
      group.fingerprint,
      group.executionIds[0] ?? null,
    ]),
  )
}

/** An open group that is new is shown as new first of all. */
function describeState({ state, isNew, assignee }: ErrorView): string {
  const shown = state === 'open' && isNew ? 'new' : state
  return assignee === null ? shown : `${shown}, ${assignee}`
}

/** What a command decides about a group. */
export type ErrorDecisionChange = Partial<Pick<ErrorDecision, 'state' | 'assignee'>>

/** Resolves, ignores, assigns or reopens a group. */
export async function changeError(
  fingerprint: string,
  change: ErrorDecisionChange,
  options: { org?: string; json?: true },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const path = `/v1/errors/${encodeURIComponent(fingerprint)}`
  const decided = await service.patch<ErrorDecision>(path, change, { organization: options.org })
  if (options.json) await terminal.data(toJson(decided))
  else {
    const { assignee, state, organizationId } = decided
    const to = assignee === null ? '' : `, assigned to ${assignee}`
    terminal.say(escapeControls(`Error ${decided.fingerprint} of ${organizationId} is ${state}${to}.`))
  }
  return 0
}

function nameSome({ count, top }: ErrorView['agents']): string {
  const [first] = top
  if (first === undefined) return '–'
  return count > 1 ? `${first} +${count - 1}` : first
}
