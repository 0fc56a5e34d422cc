/** Options that narrow the executions a command is about, as query parameters. */
import type { Query } from './service-client.ts'
import { toWindowQuery, type WindowOptions } from './window-options.ts'

export interface FilterOptions extends WindowOptions {
  agent?: string | undefined
  workflowExecution?: string
  user?: string
  runtime?: string
  language?: string
  outcome?: string
  where?: readonly string[]
  search?: string
}

/**
 * The filter as query parameters of the API. Ids stand in the query, because a URL path cannot hold one such as `..`.
 * @param now ms since the epoch
 * @throws {InvalidRequestError} for a bad window
 */
export function toFilterQuery(options: FilterOptions, now: number): Query {
  return {
    ...toWindowQuery(options, now),
    codeAgentId: options.agent,
    workflowExecutionId: options.workflowExecution,
    userId: options.user,
    runtime: options.runtime,
    language: options.language,
    outcome: options.outcome,
    where: options.where,
    q: options.search,
  }
}
