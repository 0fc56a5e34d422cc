/** The operations as requests. */
import type { QueryInput, ServiceRequest } from './transport.ts'
import type { Operations } from './types.ts'

/**
 * Method and path of each operation. The input fills the path; the rest of it is the query or, of a POST, the body, except
 * for the names after `?`.
 */
export const ROUTES: Readonly<Record<keyof Operations, `${ServiceRequest['method']} /${string}`>> = {
  runCode: 'POST /v1/executions',
  startCode: 'POST /v1/executions',
  listRunning: 'GET /v1/running',
  replayExecution: 'POST /v1/executions/{id}/replay?organization',
  cancelExecution: 'POST /v1/executions/{id}/cancel?organization',
  listExecutions: 'GET /v1/executions',
  getExecution: 'GET /v1/executions/{id}',
  getAgentLogs: 'GET /v1/agents/{id}/logs',
  getWorkflowExecutionLogs: 'GET /v1/workflow-executions/{id}/logs',
  getAgentStats: 'GET /v1/agents/{id}/stats',
  compareVersions: 'GET /v1/agents/{id}/versions/compare',
  getStats: 'GET /v1/stats',
  getTimeseries: 'GET /v1/stats/timeseries',
  getDistribution: 'GET /v1/stats/distribution',
  getFacets: 'GET /v1/facets',
  getErrors: 'GET /v1/errors',
  getDifferences: 'GET /v1/differences',
  listWorkflowExecutions: 'GET /v1/workflow-executions',
  getWorkflowExecution: 'GET /v1/workflow-executions/{id}',
  getTrace: 'GET /v1/traces/{id}',
  listKeys: 'GET /v1/keys',
  createKey: 'POST /v1/keys',
  revokeKey: 'DELETE /v1/keys/{id}',
  listRuntimes: 'GET /v1/runtimes',
  runSql: 'POST /v1/sql',
  getSqlSchema: 'GET /v1/sql/schema',
  changeError: 'PATCH /v1/errors/{fingerprint}?organization',
  listAudit: 'GET /v1/audit',
  getHealthReport: 'GET /v1/health-report',
  health: 'GET /healthz',
  readiness: 'GET /readyz',
}

/** POSTs that may be delivered twice. */
const REPEATABLE: ReadonlySet<string> = new Set(['runSql', 'cancelExecution'])

/**
 * The request of an operation.
 * @throws {TypeError} for an id that a path cannot hold
 */
export function toRequest(name: keyof Operations, input: Readonly<Record<string, unknown>>): ServiceRequest {
  const { method, template, inQuery } = split(ROUTES[name])
  const inPath = new Set<string>()
  const path = template.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    inPath.add(parameter)
    return encodeSegment(parameter, input[parameter])
  })
  const rest = Object.entries(input).filter(([key]) => !inPath.has(key))
  const queried = method === 'GET' ? rest : rest.filter(([key]) => inQuery.includes(key))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the input's type has nothing else
  const query = Object.fromEntries(queried) as QueryInput
  if (method === 'GET') return { method, path, query }
  const body = Object.fromEntries(rest.filter(([key]) => !inQuery.includes(key)))
  const repeatable = method !== 'POST' || REPEATABLE.has(name) || body['idempotencyKey'] !== undefined
  return { method, path, query, repeatable, ...(Object.keys(body).length === 0 ? {} : { body }) }
}

function split(route: string) {
  const [, method = '', template = '', names = ''] = /^(\w+) ([^?]+)\??(.*)$/.exec(route) ?? []
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of the routes says so
  return { method: method as ServiceRequest['method'], template, inQuery: names.split(',') }
}

function encodeSegment(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  if (text === '' || text === '.' || text === '..')
    throw new TypeError(
      `${name}: ${JSON.stringify(value)} cannot stand in the path of a URL; filter by it instead`,
    )
  return encodeURIComponent(text)
}
