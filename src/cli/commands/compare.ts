/** `exectrail compare`: two versions of an agent, or two sets of executions, from the running service. */
import type { DifferencesReply } from '../../client/index.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import type { VersionComparison } from '../../service/compare-versions.ts'
import { spanMs } from '../../service/window.ts'
import { renderDifferences, renderVersions } from '../comparison-table.ts'
import { toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService, type Query } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'
import { toWindowQuery } from '../window-options.ts'

export interface CompareOptions extends FilterOptions {
  a?: readonly string[]
  b?: readonly string[]
  before?: string
  json?: true
}

/** Versions as arguments; absent ones for two sets of executions. */
interface Versions {
  agent: string | undefined
  a: string | undefined
  b: string | undefined
}

/** Prints what differs between two versions, or between two sets of executions. */
export async function compare(
  { agent, a, b }: Versions,
  options: CompareOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  if (agent !== undefined) {
    if (a === undefined || b === undefined)
      throw new InvalidRequestError([
        { path: 'a', message: 'name two versions: exectrail compare <agent> <a> <b>' },
      ])
    const path = `/v1/agents/${encodeURIComponent(agent)}/versions/compare`
    const found = await service.get<VersionComparison>(path, { ...toWindowQuery(options, Date.now()), a, b })
    await terminal.data(options.json ? toJson(found) : renderVersions(found, terminal))
    return 0
  }
  const found = await service.get<DifferencesReply>('/v1/differences', toQuery(options, Date.now()))
  await terminal.data(options.json ? toJson(found) : renderDifferences(found, terminal))
  return 0
}

function toQuery(options: CompareOptions, now: number): Query {
  const { a, b, before } = options
  const query = toFilterQuery(options, now)
  if (before === undefined) {
    if (a !== undefined || b !== undefined) return { ...query, a, b }
    throw new InvalidRequestError([
      { path: '--a', message: 'say what to compare: --a and --b, or --before, or an agent and two versions' },
    ])
  }
  const { from } = query
  if (typeof from !== 'string')
    throw new InvalidRequestError([{ path: '--before', message: 'needs --since or --from, where it ends' }])
  const begin = new Date(Date.parse(from) - spanMs(before, '--before')).toISOString()
  return { ...query, a, b, bFrom: begin, bTo: from }
}
