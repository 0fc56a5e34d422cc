/** Runs of workflows: what their executions come to, those that have not ended included. */
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { toClickHouseTime, toIso } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/**
 * `running`: an execution has not ended. `failed`: the last attempt of a node did not succeed. `incomplete`: an execution
 * began and its record is overdue.
 */
export const WORKFLOW_STATES = ['running', 'succeeded', 'failed', 'incomplete'] as const
export type WorkflowState = (typeof WORKFLOW_STATES)[number]

/** One run of a workflow, over its executions that started in the window. Costs are in 10⁻⁹ USD. */
export interface WorkflowSummary {
  organizationId: string
  workflowExecutionId: string
  state: WorkflowState
  /** Executions that have ended, and those of them that did not succeed. */
  executionCount: number
  failureCount: number
  /** Ended executions that were not the first attempt, and the highest attempt. */
  retryCount: number
  attemptMax: number
  runningCount: number
  missingCount: number
  /** Different nodes, and those whose last attempt did not succeed. Executions without a node are one more. */
  nodeCount: number
  failedNodeCount: number
  startedAt: string
  /** Null while nothing has ended. */
  endedAt: string | null
  /** From the first start to the last end, ms. */
  elapsedMs: number | null
  /** All runs together, ms. */
  durationMs: number
  tokensUsed: number | null
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
  costTokensNanoUsd: number | null
}

/** Place of a run in the list, the newest first. */
export interface WorkflowPosition {
  startedAt: string
  workflowExecutionId: string
  organizationId: string
}

export interface WorkflowQuery {
  scope: Scope
  window: Window
  /** Runs with an execution that matches; their totals are of all their executions. */
  filter: Filter
  /** Only this run. */
  run?: string
  states: readonly WorkflowState[]
  after: WorkflowPosition | null
  limit: number
}

/** ms beyond its time limit that an execution may take to wait, start and be delivered. */
export const GRACE_MS = 120_000

/** Whether a start without a record is overdue, in SQL over `code_exec_events`. */
export const IS_OVERDUE = 'started_at + toIntervalMillisecond(limit_timeout_ms + {graceMs:UInt32}) < now64(9)'

/** Starts without a record. `where` is the same tenant and window for both tables. */
export function unendedFrom(where: string): string {
  return `code_exec_events FINAL WHERE ${where} AND event_name = 'code_exec.started'
    AND execution_id NOT IN (SELECT execution_id FROM code_exec_logs WHERE ${where})`
}

interface SummaryRow {
  organization_id: string
  run: string
  state: WorkflowState
  executions: string
  failures: string
  retries: string
  attempts: number
  running: string
  missing: string
  nodes: string
  failed_nodes: string
  first: string
  last: string | null
  elapsed_ns: string | null
  duration: number
  tokens: string | null
  cost_run: string | null
  cost_allocated: string | null
  cost_tokens: string | null
}

const ENDED = `organization_id, workflow_execution_id, node_id, attempt, started_at, toNullable(timestamp) AS ended_at,
  toUInt8(success) AS good, toUInt8(NOT success) AS failed, 0 AS is_running, 0 AS is_missing, duration_ms,
  tokens_used, cost_run_nano_usd, cost_allocated_nano_usd, cost_tokens_nano_usd`
const UNENDED = `organization_id, workflow_execution_id, node_id, attempt, started_at, NULL AS ended_at,
  1 AS good, 0 AS failed, NOT (${IS_OVERDUE}) AS is_running, ${IS_OVERDUE} AS is_missing, 0. AS duration_ms,
  NULL AS tokens_used, NULL AS cost_run_nano_usd, NULL AS cost_allocated_nano_usd, NULL AS cost_tokens_nano_usd`

/**
 * Runs in order of their first start, the newest first. Which runs make the page is found first, from few columns; only
 * the state needs the totals of every run.
 */
export async function listWorkflowExecutions(store: Store, query: WorkflowQuery): Promise<WorkflowSummary[]> {
  const { filter, run, scope, states, window } = query
  const tenant = tenantCondition(scope, window)
  const runs = narrow(tenant, "ifNull(workflow_execution_id, '') != ''", {})
  if (run !== undefined)
    return readTotals(store, narrow(runs, 'workflow_execution_id = {run:String}', { run }), query)
  const matching = matchingRuns(runs, filter)
  if (states.length > 0) return readTotals(store, matching, query)
  const page = await findRuns(store, matching, query)
  if (page.length === 0) return []
  const ofPage = narrow(
    runs,
    `workflow_execution_id IN {ids:Array(String)} AND ${RUN_KEY} IN {keys:Array(String)}`,
    { ids: page.map(({ run: id }) => id), keys: page.map((row) => `${row.organization_id}\n${row.run}`) },
  )
  return readTotals(store, ofPage, { ...query, after: null })
}

/** Two organizations may use the same id. */
const RUN_KEY = "concat(organization_id, '\\n', ifNull(workflow_execution_id, ''))"
const AFTER =
  '(first, run, organization_id) < ({afterStart:DateTime64(9)}, {afterRun:String}, {afterOrganization:String})'
const IN_ORDER = 'ORDER BY first DESC, run DESC, organization_id DESC LIMIT {limit:UInt32}'

/** The runs of a page. A row that was delivered twice begins at the same time, so that none has to be left out. */
function findRuns(
  store: Store,
  where: Condition,
  { after, limit }: WorkflowQuery,
): Promise<{ organization_id: string; run: string }[]> {
  const starts = 'SELECT organization_id, workflow_execution_id AS run, started_at FROM'
  return store.query(
    `SELECT organization_id, run, min(started_at) AS first FROM (
       ${starts} code_exec_logs WHERE ${where.sql} UNION ALL ${starts} code_exec_events WHERE ${where.sql}
     ) GROUP BY organization_id, run HAVING ${after === null ? 'true' : AFTER} ${IN_ORDER}`,
    { ...where.parameters, ...placeOf(after), limit },
  )
}

async function readTotals(
  store: Store,
  where: Condition,
  { after, limit, states }: WorkflowQuery,
): Promise<WorkflowSummary[]> {
  const kept = [
    states.length === 0 ? 'true' : 'state IN {states:Array(String)}',
    after === null ? 'true' : AFTER,
  ]
  const rows = await store.query<SummaryRow>(
    `SELECT organization_id, run, sum(n) AS executions, sum(n_failed) AS failures, sum(n_retries) AS retries,
       max(n_attempts) AS attempts, sum(n_running) AS running, sum(n_missing) AS missing,
       countIf(node != '') AS nodes, countIf(last_good = 0) AS failed_nodes,
       multiIf(running > 0, 'running', failed_nodes > 0, 'failed', missing > 0, 'incomplete', 'succeeded') AS state,
       min(node_first) AS first, max(node_last) AS last, toUnixTimestamp64Nano(last) - toUnixTimestamp64Nano(first) AS elapsed_ns,
       sum(node_duration) AS duration, sum(node_tokens) AS tokens, sum(node_cost_run) AS cost_run,
       sum(node_cost_allocated) AS cost_allocated, sum(node_cost_tokens) AS cost_tokens
     FROM (
       SELECT organization_id, workflow_execution_id AS run, ifNull(node_id, '') AS node,
         countIf(ended_at IS NOT NULL) AS n, sum(failed) AS n_failed, countIf(attempt > 1 AND ended_at IS NOT NULL) AS n_retries,
         max(attempt) AS n_attempts, sum(is_running) AS n_running, sum(is_missing) AS n_missing,
         argMax(good, bitShiftLeft(toInt128(attempt), 64) + toUnixTimestamp64Nano(started_at)) AS last_good, min(started_at) AS node_first, max(ended_at) AS node_last,
         sum(duration_ms) AS node_duration, sum(tokens_used) AS node_tokens, sum(cost_run_nano_usd) AS node_cost_run,
         sum(cost_allocated_nano_usd) AS node_cost_allocated, sum(cost_tokens_nano_usd) AS node_cost_tokens
       FROM (
         SELECT ${ENDED} FROM code_exec_logs FINAL WHERE ${where.sql}
         UNION ALL SELECT ${UNENDED} FROM ${unendedFrom(where.sql)}
       ) GROUP BY organization_id, run, node
     ) GROUP BY organization_id, run HAVING ${kept.join(' AND ')}
     ${IN_ORDER}`,
    { ...where.parameters, ...placeOf(after), states, limit, graceMs: GRACE_MS },
  )
  return rows.map(toSummary)
}

/** With a filter, the executions of those runs that have a matching one. */
function matchingRuns(ofRuns: Condition, filter: Filter): Condition {
  if (filter.terms.length === 0 && filter.text === undefined) return ofRuns
  const matching = filtered(ofRuns, filter)
  return narrow(
    ofRuns,
    `(organization_id, workflow_execution_id) IN (
       SELECT organization_id, workflow_execution_id FROM code_exec_logs FINAL WHERE ${matching.sql})`,
    matching.parameters,
  )
}

function placeOf(after: WorkflowPosition | null): Readonly<Record<string, string>> {
  if (after === null) return {}
  return {
    afterStart: toClickHouseTime(after.startedAt),
    afterRun: after.workflowExecutionId,
    afterOrganization: after.organizationId,
  }
}

function toSummary(row: SummaryRow): WorkflowSummary {
  return {
    organizationId: row.organization_id,
    workflowExecutionId: row.run,
    state: row.state,
    executionCount: Number(row.executions),
    failureCount: Number(row.failures),
    retryCount: Number(row.retries),
    attemptMax: row.attempts,
    runningCount: Number(row.running),
    missingCount: Number(row.missing),
    nodeCount: Number(row.nodes),
    failedNodeCount: Number(row.failed_nodes),
    startedAt: toIso(row.first),
    endedAt: row.last === null ? null : toIso(row.last),
    elapsedMs: row.elapsed_ns === null ? null : Number(row.elapsed_ns) / 1e6,
    durationMs: row.duration,
    tokensUsed: toNumber(row.tokens),
    costRunNanoUsd: toNumber(row.cost_run),
    costAllocatedNanoUsd: toNumber(row.cost_allocated),
    costTokensNanoUsd: toNumber(row.cost_tokens),
  }
}

function toNumber(value: string | null): number | null {
  return value === null ? null : Number(value)
}
