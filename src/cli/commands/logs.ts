/** `exectrail logs`: a list of executions or one execution, from the running service. */
import { loadConfig } from '../../config.ts'
import { InvalidRequestError, isExectrailError } from '../../errors.ts'
import type { ContentPart } from '../../record/content-parts.ts'
import type { ExecutionView } from '../../service/execution-view.ts'
import type { ExecutionPage } from '../../service/list-executions.ts'
import { renderExecution, renderList } from '../execution-table.ts'
import { isUuid } from '../../uuid.ts'
import { fetchOutFiles } from '../fetch-out-files.ts'
import { printContent } from '../print-content.ts'
import { findService, type Query, type ServiceClient } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, toJsonLine, escapeControls } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'

export interface LogsOptions extends FilterOptions {
  order: string
  limit: string
  cursor?: string
  json?: true
  ndjson?: true
  full?: ContentPart
  out?: string
}

const PAGE_MAX = 1000
/** The list needs no bodies. */
const LIST_FIELDS =
  'executionId,startedAt,outcome,errorType,errorMessage,runtime,language,codeAgentId,durationMs'

/** Prints a list of executions, or the execution with this id. */
export async function logs(
  id: string | undefined,
  options: LogsOptions,
  terminal: Terminal,
): Promise<number> {
  const limit = readLimit(options)
  const { agent = id, cursor, order } = options
  const query = { ...toFilterQuery({ ...options, agent }, Date.now()), cursor, order }
  const config = loadConfig()
  const service = await findService(config)
  if (options.full !== undefined) return printContent(service, { id, options, config })
  if (options.out !== undefined)
    return fetchOutFiles(service, { id, options: { out: options.out, org: options.org }, terminal })
  const one = id !== undefined && isUuid(id) ? await findOne(service, id, options.org) : null
  if (one !== null) {
    await terminal.data(renderOne(one, options, terminal))
    return 0
  }
  if (options.ndjson) await printStream(service, { query, limit, terminal })
  else await printPage(service, { query: { ...query, limit }, options, terminal })
  return 0
}

function renderOne(one: ExecutionView, options: LogsOptions, terminal: Terminal): string {
  if (options.json) return toJson(one)
  return options.ndjson ? toJsonLine(one) : renderExecution(one, terminal)
}

function readLimit({ limit, ndjson }: LogsOptions): number {
  const count = /^\d{1,9}$/.test(limit) ? Number(limit) : 0
  if (count >= 1 && (count <= PAGE_MAX || ndjson)) return count
  const message = `${limit} is not a count from 1 to ${PAGE_MAX}; with --ndjson it may be larger`
  throw new InvalidRequestError([{ path: '--limit', message }])
}

/** Null when no execution has this id: it may be the id of an agent. */
async function findOne(
  service: ServiceClient,
  id: string,
  organization: string | undefined,
): Promise<ExecutionView | null> {
  try {
    return await service.get<ExecutionView>(`/v1/executions/${encodeURIComponent(id)}`, { organization })
  } catch (error) {
    if (isExectrailError(error) && error.code === 'not_found') return null
    throw error
  }
}

interface ListRequest {
  query: Query
  terminal: Terminal
}

async function printPage(
  service: ServiceClient,
  request: ListRequest & { options: LogsOptions },
): Promise<void> {
  const { query, options, terminal } = request
  const page = await service.get<ExecutionPage>(
    '/v1/executions',
    options.json ? query : { ...query, fields: LIST_FIELDS },
  )
  if (options.json) {
    await terminal.data(toJson(page))
    return
  }
  if (page.data.length === 0 && page.nextCursor === null) {
    terminal.say(`No executions match from ${page.window.from} to ${page.window.to}.`)
    terminal.say('Look further back with --since 365d, drop a filter, or run some: exectrail run hello.py')
    return
  }
  if (page.data.length > 0) await terminal.data(renderList(page.data, terminal))
  if (page.searchedFrom !== null) terminal.say(`Searched back to ${page.searchedFrom}.`)
  if (page.nextCursor !== null)
    terminal.say(`More: the same command with --cursor ${escapeControls(page.nextCursor)}`)
}

async function printStream(service: ServiceClient, request: ListRequest & { limit: number }): Promise<void> {
  const { query, limit, terminal } = request
  let cursor = query['cursor']
  let left = limit
  for (;;) {
    const page = await service.get<ExecutionPage>('/v1/executions', {
      ...query,
      cursor,
      limit: Math.min(left, PAGE_MAX),
    })
    for (const record of page.data) await terminal.data(toJsonLine(record))
    left -= page.data.length
    if (page.nextCursor === null || left <= 0) return
    cursor = page.nextCursor
  }
}
