/** What the operations take and answer; the same types as the service's own. */
import type { FieldName } from '../record/record.ts'
import type { PriceLines } from '../cost/price-book.ts'
import type { CostForecast } from '../service/cost-forecast.ts'
import type { WhatIf } from '../service/cost-what-if.ts'
import type { CostReport, CostSeries } from '../service/costs.ts'
import type { AgentStats } from '../store/queries/agent-stats.ts'
import type { FieldDifference } from '../store/queries/differences.ts'
import type { Histogram, Measure } from '../store/queries/distribution.ts'
import type { Facet } from '../store/queries/facets.ts'
import type { Window } from '../store/scope.ts'
import type { Change } from '../service/compare-figures.ts'
import type { VersionComparison } from '../service/compare-versions.ts'
import type { ExecutionView } from '../service/execution-view.ts'
import type { RuntimeView } from '../service/list-runtimes.ts'
import type { ExecutionPage } from '../service/list-executions.ts'
import type { Cancellation } from '../service/cancel-execution.ts'
import type { OutputEnd } from '../service/execution-output.ts'
import type { Running } from '../service/list-running.ts'
import type { RunningView } from '../service/live-execution.ts'
import type { ReplayChanges } from '../service/replay.ts'
import type { RunView } from '../service/run-code.ts'
import type { SqlAnswer } from '../service/run-sql.ts'
import type { SqlSchema } from '../service/sql-schema.ts'
import type { RetentionView } from '../service/view-retention.ts'
import type { TraceView } from '../service/traces.ts'
import type { WorkflowView } from '../service/workflow-executions.ts'
import type { WorkflowState, WorkflowSummary } from '../store/queries/workflow-executions.ts'
import type { KeyScope } from '../metadata/key-scopes.ts'
import type { StatsReport } from '../service/stats.ts'
import type { Timeseries } from '../service/timeseries.ts'

import type {
  AlertChannel,
  AlertDryRun,
  AlertEvaluation,
  AlertEvaluationsInput,
  AlertListInput,
  AlertRuleInput,
  AlertRulesInput,
  AlertRuleView,
  AlertSilence,
  AlertView,
  ChannelInput,
  Owned,
  OwnedId,
  SentNotification,
  SilenceInput,
} from './alerts.ts'
import type {
  OneOrMore,
  Time,
  WindowInput,
  FilterInput,
  ListInput,
  StatsInput,
  TimeseriesInput,
  DistributionInput,
  CostsInput,
  CostSeriesInput,
  WhatIfInput,
  BudgetInput,
  FacetsInput,
  ErrorsInput,
  DifferencesInput,
  AgentInput,
  AnyRunInput,
} from './inputs.ts'
import type {
  ApiKeyView,
  AuditEntry,
  BudgetView,
  DecidedState,
  ErrorDecision,
  ErrorView,
  HealthReport,
  Pipeline,
  Readiness,
  Session,
} from './reports.ts'
import type { ContentOperations } from './content.ts'
import type { RegistryOperations } from './registry.ts'

export type * from './alerts.ts'
export type * from './inputs.ts'
export type * from './registry.ts'
export type * from './reports.ts'

export interface DistributionReply extends Histogram {
  window: Window
  measure: Measure
  bucketSeconds: number
}
export interface FacetsReply {
  window: Window
  facets: readonly Facet[]
}
export interface ErrorsReply {
  window: Window
  data: readonly ErrorView[]
}
export interface DifferencesReply {
  a: { window: Window; count: number }
  b: { window: Window; count: number }
  fields: readonly FieldDifference[]
}

export interface ExecutionInput {
  id: string
  organization?: string | undefined
}
/** A record, with its files where the run was asynchronous, or what is known of a run that has not ended. */
export type AnyExecution =
  | (ExecutionView & { phase?: undefined; files?: RunView['files'] })
  | (RunningView & { outcome?: undefined })

/** An event of a run's output; `id` resumes behind it. */
export type OutputEvent = { id: string } & (
  | { event: 'stdout' | 'stderr'; data: { text: string } }
  | { event: 'skipped'; data: { bytes: number } }
  | { event: 'restart'; data: object }
  | { event: 'end'; data: OutputEnd }
)

/** An event of the live stream; `id` resumes behind it. */
export type LiveEvent = { id: string } & (
  | { event: 'started' | 'execution'; data: Partial<ExecutionView> }
  /** Events that this reader did not get. */
  | { event: 'skipped'; data: { skipped: number } }
)
export type LiveInput = Omit<FilterInput, 'from' | 'to'> & { events?: OneOrMore<'started' | 'completed'> }
export type ExportInput = FilterInput & {
  fields?: readonly FieldName[] | undefined
  format?: 'ndjson' | 'csv' | 'parquet' | undefined
}

export interface KeyInput {
  name: string
  scopes?: readonly KeyScope[] | undefined
  organizationId?: string | undefined
  workspaceId?: string | undefined
  /** @default never */
  expiresAt?: Time | undefined
}
export interface ErrorChangeInput {
  fingerprint: string
  state?: DecidedState | undefined
  /** Null: no one. */
  assignee?: string | null | undefined
  organization?: string | undefined
}
export interface AuditInput {
  organization?: string | undefined
  action?: AuditEntry['action'] | undefined
  /** Only changes of this, by its id. */
  subject?: string | undefined
  limit?: number | undefined
  cursor?: string | undefined
}
export type WorkflowListInput = FilterInput & {
  state?: OneOrMore<WorkflowState>
  limit?: number | undefined
  cursor?: string | undefined
}
export interface WorkflowPage {
  data: readonly WorkflowSummary[]
  nextCursor: string | null
  window: Window
}

interface Operation<Input, Reply> {
  input: Input
  reply: Reply
}

/** The operations of the service by their names in its OpenAPI document. */
export interface Operations extends RegistryOperations, ContentOperations {
  runCode: Operation<AnyRunInput, RunView>
  /** Does not wait for the end. */
  startCode: Operation<AnyRunInput, RunningView>
  listRunning: Operation<Omit<FilterInput, 'from' | 'to'> & { limit?: number | undefined }, Running>
  replayExecution: Operation<ReplayChanges & ExecutionInput, RunView>
  /** Does not wait for the end. */
  startReplay: Operation<ReplayChanges & ExecutionInput, RunningView>
  cancelExecution: Operation<ExecutionInput, Cancellation>
  listExecutions: Operation<ListInput, ExecutionPage>
  /** An execution that has not ended has a `phase` and no `outcome`. */
  getExecution: Operation<ExecutionInput, AnyExecution>
  getAgentLogs: Operation<Omit<ListInput, 'codeAgentId'> & { id: string }, ExecutionPage>
  getWorkflowExecutionLogs: Operation<Omit<ListInput, 'workflowExecutionId'> & { id: string }, ExecutionPage>
  getAgentStats: Operation<
    AgentInput & { compare?: 'previous' | undefined },
    AgentStats & { change?: Change }
  >
  compareVersions: Operation<AgentInput & { a: string; b: string }, VersionComparison>
  getStats: Operation<StatsInput, StatsReport>
  getTimeseries: Operation<TimeseriesInput, Timeseries>
  getDistribution: Operation<DistributionInput, DistributionReply>
  getCosts: Operation<CostsInput & { compare?: 'previous' | undefined }, CostReport>
  getCostTimeseries: Operation<CostSeriesInput, CostSeries>
  getCostForecast: Operation<Omit<FilterInput, 'from' | 'to'>, CostForecast>
  listPrices: Operation<{}, PriceLines>
  getCostWhatIf: Operation<WhatIfInput, WhatIf>
  listBudgets: Operation<{ organization?: string | undefined }, { data: readonly BudgetView[] }>
  setBudget: Operation<BudgetInput, BudgetView>
  deleteBudget: Operation<{ id: string }, BudgetView>
  getFacets: Operation<FacetsInput, FacetsReply>
  getErrors: Operation<ErrorsInput, ErrorsReply>
  getDifferences: Operation<DifferencesInput, DifferencesReply>
  listWorkflowExecutions: Operation<WorkflowListInput, WorkflowPage>
  getWorkflowExecution: Operation<AgentInput, WorkflowView>
  getTrace: Operation<AgentInput, TraceView>
  listKeys: Operation<
    { organization?: string | undefined; revoked?: 'with' | 'without' | undefined },
    { data: readonly ApiKeyView[] }
  >
  createKey: Operation<KeyInput, ApiKeyView & { secret: string }>
  revokeKey: Operation<{ id: string }, ApiKeyView>
  listRuntimes: Operation<{}, { data: readonly RuntimeView[] }>
  runSql: Operation<WindowInput & { query: string }, SqlAnswer>
  getSqlSchema: Operation<{}, SqlSchema>
  changeError: Operation<ErrorChangeInput, ErrorDecision>
  listAudit: Operation<AuditInput, { data: readonly AuditEntry[]; nextCursor: string | null }>
  listAlerts: Operation<AlertListInput, { data: readonly AlertView[]; nextCursor: string | null }>
  acknowledgeAlert: Operation<OwnedId, AlertView>
  resolveAlert: Operation<OwnedId, AlertView>
  listAlertNotifications: Operation<OwnedId, { data: readonly SentNotification[] }>
  listAlertRules: Operation<AlertRulesInput, { data: readonly AlertRuleView[] }>
  getAlertRule: Operation<OwnedId, AlertRuleView>
  createAlertRule: Operation<AlertRuleInput & Owned, AlertRuleView>
  changeAlertRule: Operation<Partial<AlertRuleInput> & OwnedId, AlertRuleView>
  deleteAlertRule: Operation<OwnedId, AlertRuleView>
  dryRunAlertRule: Operation<{ rule: AlertRuleInput; range?: '24h' | '30d' | undefined } & Owned, AlertDryRun>
  listAlertEvaluations: Operation<AlertEvaluationsInput, { data: readonly AlertEvaluation[] }>
  listAlertSilences: Operation<Owned, { data: readonly AlertSilence[] }>
  silenceAlerts: Operation<SilenceInput & Owned, AlertSilence>
  endAlertSilence: Operation<OwnedId, AlertSilence>
  listAlertChannels: Operation<Owned, { data: readonly AlertChannel[] }>
  /** A signing secret that was made is shown this once. */
  saveAlertChannel: Operation<ChannelInput & Owned, AlertChannel & { signingSecret?: string | undefined }>
  testAlertChannel: Operation<OwnedId, AlertChannel>
  deleteAlertChannel: Operation<OwnedId, AlertChannel>
  /** Of the last day unless `from` says otherwise. */
  getHealthReport: Operation<FilterInput, HealthReport>
  getSession: Operation<{}, Session>
  getPipeline: Operation<{}, Pipeline>
  getRetention: Operation<{}, { data: readonly RetentionView[] }>
  health: Operation<{}, { status: 'ok' }>
  readiness: Operation<{}, Readiness>
}
