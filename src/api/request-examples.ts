/** An example request of each operation, for the OpenAPI document. A test sends each to a service. */
import { REGISTRY_EXAMPLES } from './registry-examples.ts'

interface RequestExample {
  /** Examples of parameters in the path and the query, by name. */
  parameters?: Readonly<Record<string, string | number>>
  /** Headers that change what the operation does, and how. */
  headers?: Readonly<Record<string, string>>
  body?: object
}

const EXECUTION = '01934f6e-7c1a-7e3b-9d52-6f0a1b2c3d4e'
const CANCELLED = '01934f6e-7c1a-7e3b-9d52-6f0a1b2c3d4f'
const WINDOW = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }
const RUN = {
  runtime: 'subprocess',
  language: 'python',
  code: 'def main(input):\n    return {"sum": sum(input["xs"])}',
  input: { xs: [1, 2, 3] },
  limits: { timeoutMs: 10_000, memoryMb: 256 },
  context: { codeAgentId: 'summer', codeAgentVersion: '4' },
}
const ASYNC = { Prefer: '`respond-async`: answer 202 at once' }
const IDEMPOTENCY = {
  'Idempotency-Key': 'Repeating the request with the same key gives the first answer again',
}
const TRACE = {
  traceparent: "The caller's span, W3C Trace Context: the parent of the run's span",
}
const RESUME = { 'Last-Event-ID': 'Id of the last event received, to go on behind it' }

const RANGE = { Range: 'Only these bytes, such as `bytes=0-99`, `bytes=100-` or `bytes=-100`' }

const ID = '0199c1a0-0000-7000-8000-000000000000'
const RULE = {
  name: 'Failures of summer',
  condition: { kind: 'ratio', share: 'failures', warning: 0.1, critical: 0.25, recovery: 0.08 },
  filter: { where: ['codeAgentId=summer'] },
  windowSeconds: 900,
  breaches: { count: 2, of: 3 },
}

export const REQUEST_EXAMPLES: Readonly<Record<string, RequestExample>> = {
  health: {},
  listAlerts: { parameters: { phase: 'firing,pending', limit: 20 } },
  acknowledgeAlert: { parameters: { id: ID } },
  resolveAlert: { parameters: { id: ID } },
  listAlertNotifications: { parameters: { id: ID } },
  listAlertRules: {},
  getAlertRule: { parameters: { id: ID } },
  createAlertRule: { body: RULE },
  changeAlertRule: { parameters: { id: ID }, body: { enabled: false } },
  deleteAlertRule: { parameters: { id: ID } },
  dryRunAlertRule: { body: { rule: RULE, range: '24h' } },
  listAlertEvaluations: { parameters: { id: ID, state: 'firing,failed', limit: 20 } },
  listAlertSilences: {},
  silenceAlerts: {
    body: { matches: { codeAgentId: 'summer' }, comment: 'upgrade', endsAt: '2100-01-01T00:00:00Z' },
  },
  endAlertSilence: { parameters: { id: ID } },
  listAlertChannels: {},
  saveAlertChannel: {
    body: { name: 'operations', kind: 'webhook', settings: { url: 'https://hooks.example/alerts' } },
  },
  testAlertChannel: { parameters: { id: 'operations' } },
  deleteAlertChannel: { parameters: { id: 'operations' } },
  readiness: {},
  getMetrics: {},
  getSession: {},
  getPipeline: {},
  getRetention: {},
  listRuntimes: {},
  runCode: {
    headers: { ...ASYNC, ...IDEMPOTENCY, ...TRACE },
    body: RUN,
  },
  replayExecution: {
    parameters: { id: EXECUTION },
    headers: { ...ASYNC, ...IDEMPOTENCY, ...TRACE },
    body: { limits: { timeoutMs: 60_000 } },
  },
  cancelExecution: { parameters: { id: CANCELLED } },
  streamOutput: { parameters: { id: EXECUTION }, headers: RESUME },
  listRunning: { parameters: { runtime: 'subprocess', limit: 10 } },
  streamLive: { parameters: { outcome: 'failure,timeout', events: 'completed' }, headers: RESUME },
  listExecutions: {
    parameters: {
      ...WINDOW,
      outcome: 'failure,timeout',
      where: 'durationMs>=1000',
      order: 'duration',
      limit: 10,
      fields: 'executionId,outcome,errorMessage,durationMs',
    },
  },
  exportExecutions: { parameters: { ...WINDOW, codeAgentId: 'summer', format: 'csv' } },
  getExecution: { parameters: { id: EXECUTION } },
  getStdout: { parameters: { id: EXECUTION, download: '1' }, headers: RANGE },
  getStderr: { parameters: { id: EXECUTION }, headers: RANGE },
  getCode: { parameters: { id: EXECUTION }, headers: RANGE },
  getInput: { parameters: { id: EXECUTION }, headers: RANGE },
  getRequest: { parameters: { id: EXECUTION }, headers: RANGE },
  getResult: { parameters: { id: EXECUTION }, headers: RANGE },
  listOutFiles: { parameters: { id: EXECUTION } },
  createContentLink: { parameters: { id: EXECUTION }, body: { part: 'result', expiresInSeconds: 600 } },
  getLinkedContent: { parameters: { token: 'eyJvcmdhbml6YXRpb25JZCI6ImFjbWUi….signature' }, headers: RANGE },
  getOutFile: { parameters: { id: EXECUTION, path: 'chart.png' }, headers: RANGE },
  getAgentLogs: { parameters: { id: 'summer', ...WINDOW, limit: 10 } },
  getAgentStats: { parameters: { id: 'summer', ...WINDOW, compare: 'previous' } },
  compareVersions: { parameters: { id: 'summer', a: '3', b: '4', ...WINDOW } },
  getStats: {
    parameters: { ...WINDOW, groupBy: 'codeAgentId,runtime', order: 'failures', compare: 'previous' },
  },
  getTimeseries: { parameters: { ...WINDOW, codeAgentId: 'summer', bucketSeconds: 86_400 } },
  getDistribution: { parameters: { ...WINDOW, measure: 'durationMs' } },
  getCosts: { parameters: { ...WINDOW, groupBy: 'codeAgentId', order: 'failures', compare: 'previous' } },
  getCostTimeseries: { parameters: { ...WINDOW, bucket: 'month', groupBy: 'runtime' } },
  getCostForecast: { parameters: { codeAgentId: 'summer' } },
  listPrices: {},
  getCostWhatIf: { parameters: { ...WINDOW, target: 'e2b', vcpus: 2, memoryMb: 1024 } },
  listBudgets: { parameters: { organization: 'acme' } },
  setBudget: {
    body: { organizationId: 'acme', codeAgentId: 'summer', period: 'month', limitNanoUsd: 25_000_000_000 },
  },
  deleteBudget: { parameters: { id: '6f8b1f0e-2d1c-4a55-9d0e-3b7a6c5d4e3f' } },
  getFacets: { parameters: { ...WINDOW, fields: 'outcome,codeAgentId', limit: 5 } },
  getErrors: { parameters: { ...WINDOW, order: 'lastSeen', limit: 10 } },
  getDifferences: { parameters: { ...WINDOW, a: 'outcome!=success', b: 'outcome=success' } },
  listWorkflowExecutions: { parameters: { ...WINDOW, limit: 10 } },
  getWorkflowExecution: { parameters: { id: 'wf-1', ...WINDOW } },
  getWorkflowExecutionLogs: {
    parameters: { id: 'wf-1', ...WINDOW, fields: 'executionId,nodeId,attempt,outcome' },
  },
  getTrace: { parameters: { id: '0af7651916cd43dd8448eb211c80319c', ...WINDOW } },
  runSql: {
    body: { query: 'SELECT runtime, count() AS runs FROM code_exec_logs FINAL GROUP BY runtime' },
  },
  getSqlSchema: {},
  getHealthReport: { parameters: { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' } },
  changeError: {
    parameters: { fingerprint: 'aaaaaaaaaaaaaaaa', organization: 'acme' },
    body: { state: 'resolved' },
  },
  ...REGISTRY_EXAMPLES,
  listAudit: { parameters: { limit: 10 } },
  listKeys: {},
  createKey: { body: { name: 'dashboard', scopes: ['read'], organizationId: 'acme' } },
  revokeKey: { parameters: { id: '6f8b1f0e-2d1c-4a55-9d0e-3b7a6c5d4e3f' } },
}

/** The parts of an operation in the document that an example changes. */
interface DocumentedOperation {
  operationId?: string
  parameters?: unknown[]
  requestBody?: unknown
}

/** Puts the example of an operation into its description. */
export function addExample(operation: DocumentedOperation): void {
  const { parameters = {}, headers = {}, body } = REQUEST_EXAMPLES[operation.operationId ?? ''] ?? {}
  for (const parameter of operation.parameters ?? [])
    if (isNamed(parameter) && Object.hasOwn(parameters, parameter.name))
      Object.assign(parameter, { example: parameters[parameter.name] })
  const added = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  if (added.length > 0) operation.parameters = [...(operation.parameters ?? []), ...added]
  if (body === undefined) return
  const content = contentOf(operation.requestBody)
  if (content !== null) Object.assign(content, { example: body })
}

function isNamed(parameter: unknown): parameter is { name: string } {
  return typeof parameter === 'object' && parameter !== null && 'name' in parameter
}

function contentOf(body: unknown): object | null {
  if (typeof body !== 'object' || body === null || !('content' in body)) return null
  const { content } = body
  if (typeof content !== 'object' || content === null) return null
  const json: unknown = Reflect.get(content, 'application/json')
  return typeof json === 'object' ? json : null
}
