/** `exectrail errors`: failures grouped by fingerprint, from the running service. */
import { loadConfig } from '../../config.ts'
import { formatCount, formatTime } from '../../format.ts'
import type { ErrorGroup } from '../../store/queries/errors.ts'
import type { Window } from '../../store/scope.ts'
import { toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface ErrorsOptions extends FilterOptions {
  order: string
  limit: string
  json?: true
}

const MESSAGE_MAX = 70
const AGENTS_MAX = 30

/** Prints the groups of failures in the window. */
export async function errors(options: ErrorsOptions, terminal: Terminal): Promise<number> {
  const { order, limit } = options
  const service = await findService(loadConfig())
  const query = { ...toFilterQuery(options, Date.now()), order, limit }
  const found = await service.get<{ window: Window; data: ErrorGroup[] }>('/v1/errors', query)
  if (options.json) await terminal.data(toJson(found))
  else if (found.data.length === 0)
    terminal.say(`No failures from ${found.window.from} to ${found.window.to}.`)
  else await terminal.data(renderErrors(found.data))
  return 0
}

function renderErrors(groups: readonly ErrorGroup[]): string {
  return renderTable(
    [
      { title: 'count', align: 'right' },
      { title: '' },
      { title: 'last seen' },
      { title: 'agents', max: AGENTS_MAX },
      { title: 'message', max: MESSAGE_MAX },
      { title: 'an execution' },
    ],
    groups.map((group) => [
      formatCount(group.count),
      group.isNew ? 'new' : '',
      formatTime(group.lastSeen),
      nameSome(group.agents),
      group.message,
      group.executionIds[0] ?? null,
    ]),
  )
}

function nameSome({ count, top }: ErrorGroup['agents']): string {
  const [first] = top
  if (first === undefined) return '–'
  return count > 1 ? `${first} +${count - 1}` : first
}
