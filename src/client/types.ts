/** What the operations take and answer; the same types as the service's own. */
import type { ExecutionRequest } from '../execution.ts'
import type { FieldName, FieldNameWith } from '../record/record.ts'
import type { AgentStats } from '../store/queries/agent-stats.ts'
import type { FieldDifference } from '../store/queries/differences.ts'
import type { Histogram, Measure } from '../store/queries/distribution.ts'
import type { ErrorState } from '../store/error-state.ts'
import type { ErrorOrder } from '../store/queries/errors.ts'
import type { Facet } from '../store/queries/facets.ts'
import type { ListOrder } from '../store/queries/list-executions.ts'
import type { GroupField, GroupOrder } from '../store/queries/stats.ts'
import type { FilterField } from '../store/filter.ts'
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
import type { TraceView } from '../service/traces.ts'
import type { WorkflowView } from '../service/workflow-executions.ts'
import type { WorkflowState, WorkflowSummary } from '../store/queries/workflow-executions.ts'
import type { KeyScope } from '../metadata/key-scopes.ts'
import type { StatsReport } from '../service/stats.ts'
import type { Timeseries } from '../service/timeseries.ts'

import type {
  ApiKeyView,
  AuditEntry,
  DecidedState,
  ErrorDecision,
  ErrorView,
  HealthReport,
  Readiness,
} from './reports.ts'

export type * from './reports.ts'

type OneOrMore<Value = string> = Value | readonly Value[] | undefined
/** ISO 8601 with a zone, or a date. */
export type Time = string | Date

export interface WindowInput {
  /** Begin, included. @default 30 days before `to` */
  from?: Time | undefined
  /** End, excluded. @default now */
  to?: Time | undefined
  /** Narrows an administrator's key to one organization. */
  organization?: string | undefined
}

/** Which executions: several values of a field match any of them, and all given fields must match. */
export type FilterInput = WindowInput & { [Name in FieldNameWith<{ filterable: true }>]?: OneOrMore } & {
  /** Conditions on any field, such as `durationMs>=1000`. */
  where?: OneOrMore
  /** Text in the error or the output. */
  q?: string | undefined
}

export type ListInput = FilterInput & {
  order?: ListOrder | undefined
  limit?: number | undefined
  cursor?: string | undefined
  fields?: readonly FieldName[] | undefined
}
export type StatsInput = FilterInput & {
  groupBy?: OneOrMore<GroupField>
  order?: GroupOrder | undefined
  limit?: number | undefined
  compare?: 'previous' | undefined
}
export type TimeseriesInput = FilterInput & { bucketSeconds?: number | undefined }
export type DistributionInput = TimeseriesInput & { measure?: Measure | undefined }
export type FacetsInput = FilterInput & {
  fields?: readonly FilterField[] | undefined
  limit?: number | undefined
}
export type ErrorsInput = FilterInput & {
  order?: ErrorOrder | undefined
  /** @default all but ignored */
  state?: OneOrMore<ErrorState>
  limit?: number | undefined
}
export type DifferencesInput = FilterInput & {
  /** Conditions of the first set, as in `where`. */
  a?: OneOrMore
  b?: OneOrMore
  /** Window of the first set, where it is not the common one. */
  aFrom?: Time | undefined
  aTo?: Time | undefined
  bFrom?: Time | undefined
  bTo?: Time | undefined
  limit?: number | undefined
}
export type AgentInput = WindowInput & { id: string }
export type RunInput = Omit<
  ExecutionRequest,
  'signal' | 'onOutput' | 'parent' | 'traceparent' | 'tracestate' | 'replayOf'
>

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
  /** Changes of this alone, by its id. */
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
export interface Operations {
  runCode: Operation<RunInput, RunView>
  /** Does not wait for the end. */
  startCode: Operation<RunInput, RunningView>
  listRunning: Operation<Omit<FilterInput, 'from' | 'to'> & { limit?: number | undefined }, Running>
  replayExecution: Operation<ReplayChanges & ExecutionInput, RunView>
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
  /** Of the last day unless `from` says otherwise. */
  getHealthReport: Operation<FilterInput, HealthReport>
  health: Operation<{}, { status: 'ok' }>
  readiness: Operation<{}, Readiness>
}
