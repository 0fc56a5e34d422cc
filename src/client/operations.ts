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
  startReplay: 'POST /v1/executions/{id}/replay?organization',
  cancelExecution: 'POST /v1/executions/{id}/cancel?organization',
  listExecutions: 'GET /v1/executions',
  getExecution: 'GET /v1/executions/{id}',
  listOutFiles: 'GET /v1/executions/{id}/files',
  createContentLink: 'POST /v1/executions/{id}/links?organization',
  getAgentLogs: 'GET /v1/agents/{id}/logs',
  getWorkflowExecutionLogs: 'GET /v1/workflow-executions/{id}/logs',
  getAgentStats: 'GET /v1/agents/{id}/stats',
  compareVersions: 'GET /v1/agents/{id}/versions/compare',
  getStats: 'GET /v1/stats',
  getTimeseries: 'GET /v1/stats/timeseries',
  getDistribution: 'GET /v1/stats/distribution',
  getCosts: 'GET /v1/costs',
  getCostTimeseries: 'GET /v1/costs/timeseries',
  getCostForecast: 'GET /v1/costs/forecast',
  listPrices: 'GET /v1/costs/prices',
  getCostWhatIf: 'GET /v1/costs/what-if',
  listBudgets: 'GET /v1/budgets',
  setBudget: 'PUT /v1/budgets',
  deleteBudget: 'DELETE /v1/budgets/{id}',
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
  listAlerts: 'GET /v1/alerts',
  acknowledgeAlert: 'POST /v1/alerts/{id}/acknowledge?organization',
  resolveAlert: 'POST /v1/alerts/{id}/resolve?organization',
  listAlertNotifications: 'GET /v1/alerts/{id}/notifications',
  listAlertRules: 'GET /v1/alerts/rules',
  getAlertRule: 'GET /v1/alerts/rules/{id}',
  createAlertRule: 'POST /v1/alerts/rules?organization',
  changeAlertRule: 'PATCH /v1/alerts/rules/{id}?organization',
  deleteAlertRule: 'DELETE /v1/alerts/rules/{id}?organization',
  dryRunAlertRule: 'POST /v1/alerts/rules/dry-run?organization',
  listAlertEvaluations: 'GET /v1/alerts/rules/{id}/evaluations',
  listAlertSilences: 'GET /v1/alerts/silences',
  silenceAlerts: 'POST /v1/alerts/silences?organization',
  endAlertSilence: 'DELETE /v1/alerts/silences/{id}?organization',
  listAlertChannels: 'GET /v1/alerts/channels',
  saveAlertChannel: 'POST /v1/alerts/channels?organization',
  testAlertChannel: 'POST /v1/alerts/channels/{id}/test?organization',
  deleteAlertChannel: 'DELETE /v1/alerts/channels/{id}?organization',
  searchAgents: 'GET /v1/registry/agents',
  getAgent: 'GET /v1/registry/agents/{namespace}/{name}',
  getAgentVersion: 'GET /v1/registry/agents/{namespace}/{name}/versions/{version}',
  publishAgent: 'POST /v1/registry/agents?organization',
  forkAgent: 'POST /v1/registry/agents/{namespace}/{name}/fork?organization',
  changeAgent: 'PATCH /v1/registry/agents/{namespace}/{name}?organization',
  changeAgentStatus: 'POST /v1/registry/agents/{namespace}/{name}/status?organization',
  putAgentTag: 'PUT /v1/registry/agents/{namespace}/{name}/tags/{tag}?organization',
  deleteAgentTag: 'DELETE /v1/registry/agents/{namespace}/{name}/tags/{tag}?organization',
  reviewAgent: 'POST /v1/registry/agents/{namespace}/{name}/review?organization',
  reportAgent: 'POST /v1/registry/agents/{namespace}/{name}/reports?organization',
  listInstalledAgents: 'GET /v1/registry/installed',
  installAgent: 'PUT /v1/registry/installed?organization',
  uninstallAgent: 'DELETE /v1/registry/installed/{namespace}/{name}?organization',
  listAgentNamespaces: 'GET /v1/registry/namespaces',
  createAgentNamespace: 'POST /v1/registry/namespaces?organization',
  offerAgentNamespace: 'POST /v1/registry/namespaces/{namespace}/offer?organization',
  acceptAgentNamespace: 'POST /v1/registry/namespaces/{namespace}/accept?organization',
  declineAgentNamespace: 'POST /v1/registry/namespaces/{namespace}/decline?organization',
  listAgentReviews: 'GET /v1/registry/reviews',
  listAgentReports: 'GET /v1/registry/reports',
  resolveAgentReport: 'POST /v1/registry/reports/{id}/resolve',
  listSigningKeys: 'GET /v1/registry/keys',
  addSigningKey: 'POST /v1/registry/keys?organization',
  revokeSigningKey: 'DELETE /v1/registry/keys/{id}?organization',
  getHealthReport: 'GET /v1/health-report',
  getSession: 'GET /v1/session',
  getPipeline: 'GET /v1/pipeline',
  getRetention: 'GET /v1/retention',
  health: 'GET /healthz',
  readiness: 'GET /readyz',
}

/** POSTs that may be delivered twice. */
const REPEATABLE: ReadonlySet<string> = new Set([
  'runSql',
  'cancelExecution',
  'createContentLink',
  'dryRunAlertRule',
  'publishAgent',
  'forkAgent',
  'changeAgentStatus',
  'reviewAgent',
  'createAgentNamespace',
  'offerAgentNamespace',
  'acceptAgentNamespace',
  'declineAgentNamespace',
  'resolveAgentReport',
  'addSigningKey',
])

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
