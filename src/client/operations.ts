/** The operations as requests. */
import type { QueryInput, ServiceRequest } from './transport.ts'
import type { Operations } from './types.ts'

/** Method and path of each operation; the input fills the path, the rest of it is the query or the body. */
export const ROUTES: Readonly<Record<keyof Operations, `${ServiceRequest['method']} /${string}`>> = {
  runCode: 'POST /v1/executions',
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
  listRuntimes: 'GET /v1/runtimes',
  runSql: 'POST /v1/sql',
  health: 'GET /healthz',
  readiness: 'GET /readyz',
}

/** POSTs that change nothing. */
const READING: ReadonlySet<string> = new Set(['runSql'])

/**
 * The request of an operation.
 * @throws {TypeError} for an id that a path cannot hold
 */
export function toRequest(name: keyof Operations, input: Readonly<Record<string, unknown>>): ServiceRequest {
  const [method, template] = split(ROUTES[name])
  const inPath = new Set<string>()
  const path = template.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    inPath.add(parameter)
    return encodeSegment(parameter, input[parameter])
  })
  const rest = Object.fromEntries(Object.entries(input).filter(([key]) => !inPath.has(key)))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the input's type has nothing else
  if (method !== 'POST') return { method, path, query: rest as QueryInput }
  const repeatable = READING.has(name) || rest['idempotencyKey'] !== undefined
  return { method, path, body: rest, repeatable }
}

function split(route: `${ServiceRequest['method']} /${string}`): [ServiceRequest['method'], string] {
  const at = route.indexOf(' ')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of the route says so
  return [route.slice(0, at) as ServiceRequest['method'], route.slice(at + 1)]
}

function encodeSegment(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  if (text === '' || text === '.' || text === '..')
    throw new TypeError(
      `${name}: ${JSON.stringify(value)} cannot stand in the path of a URL; filter by it instead`,
    )
  return encodeURIComponent(text)
}
