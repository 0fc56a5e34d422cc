import { ExectrailError, InvalidRequestError } from '../errors.ts'
import type { Store } from '../store/client.ts'
import { listSpans } from '../store/queries/spans.ts'
import { listAttempts, type Attempt } from '../store/queries/workflow-attempts.ts'
import {
  listWorkflowExecutions as queryRuns,
  type WorkflowPosition,
  type WorkflowQuery,
  type WorkflowState,
  type WorkflowSummary,
} from '../store/queries/workflow-executions.ts'
import type { Scope, Window } from '../store/scope.ts'
import { msBetween, toTree, type TreeSpan } from './span-tree.ts'
import { traceUrl, withSpans } from './traces.ts'

/** A run with its nodes and spans. */
export interface WorkflowView extends WorkflowSummary {
  window: Window
  /** In order of their first start. */
  nodes: readonly WorkflowNode[]
  /** The traces of its executions as trees, each span before its children. */
  spans: readonly TreeSpan[]
  traces: readonly { traceId: string; url: string | null }[]
  /** True where there are more than are shown. */
  truncated: { executions: boolean; spans: boolean; traces: boolean }
}

/** A node of a run; null is what has no node. */
export interface WorkflowNode {
  nodeId: string | null
  /** Of its last attempt. */
  state: WorkflowState
  /** From the begin of the run, ms. */
  offsetMs: number
  /** To the last end, ms; null while nothing has ended. */
  elapsedMs: number | null
  attempts: readonly (Attempt & { offsetMs: number })[]
}

const EXECUTIONS_MAX = 1000
const SPANS_MAX = 2000
const TRACES_MAX = 50
const DAY_MS = 86_400_000

interface Parts {
  store: Store
  scope: Scope
}

/** Runs of workflows, the newest first. `next` is the position of the next page, null on the last. */
export async function listWorkflowExecutions(
  { store, scope }: Parts,
  { limit, ...query }: Omit<WorkflowQuery, 'scope'>,
): Promise<{ data: WorkflowSummary[]; next: WorkflowPosition | null }> {
  const rows = await queryRuns(store, { ...query, scope, limit: limit + 1 })
  const data = rows.slice(0, limit)
  return { data, next: rows.length > limit ? (data.at(-1) ?? null) : null }
}

/**
 * One run: totals, nodes with their attempts, and spans.
 * @throws {ExectrailError} `not_found`, also for a run of another organization
 */
export async function getWorkflowExecution(
  { store, scope, signozUrl }: Parts & { signozUrl: string | null },
  { workflowExecutionId, window }: { workflowExecutionId: string; window: Window },
): Promise<WorkflowView> {
  const found = await listAttempts(store, {
    scope,
    window,
    of: { workflowExecutionId },
    limit: EXECUTIONS_MAX + 1,
  })
  const attempts = found.slice(0, EXECUTIONS_MAX)
  rejectSeveralOwners(attempts)
  const summary = await summaryOf({ store, scope }, { workflowExecutionId, window })
  if (summary === null) throw noSuchRun(window)
  const traceIds = [...new Set(attempts.map(({ traceId }) => traceId).filter((id) => id !== ''))]
  const shownTraces = traceIds.slice(0, TRACES_MAX)
  const spans = await listSpans(store, {
    scope,
    window: around(summary, window),
    traceIds: shownTraces,
    limit: SPANS_MAX + 1,
  })
  return {
    ...summary,
    window,
    nodes: toNodes(attempts, summary.startedAt),
    spans: toTree(withSpans(spans.slice(0, SPANS_MAX), attempts), summary.startedAt),
    traces: shownTraces.map((traceId) => ({ traceId, url: traceUrl(signozUrl, traceId) })),
    truncated: {
      executions: found.length > EXECUTIONS_MAX,
      spans: spans.length > SPANS_MAX,
      traces: traceIds.length > TRACES_MAX,
    },
  }
}

/** The totals as the list has them. */
async function summaryOf(
  { store, scope }: Parts,
  { workflowExecutionId, window }: { workflowExecutionId: string; window: Window },
): Promise<WorkflowSummary | null> {
  const [summary] = await queryRuns(store, {
    scope,
    window,
    filter: { terms: [] },
    run: workflowExecutionId,
    states: [],
    after: null,
    limit: 1,
  })
  return summary ?? null
}

/** An administrator sees every organization, and two may use the same id. */
function rejectSeveralOwners(attempts: readonly Attempt[]): void {
  const owners = new Set(attempts.map(({ organizationId }) => organizationId))
  if (owners.size < 2) return
  throw new InvalidRequestError([
    {
      path: 'organization',
      message: `several have a run of this id: ${[...owners].slice(0, 10).join(', ')}`,
    },
  ])
}

function noSuchRun({ from, to }: Window): ExectrailError {
  return new ExectrailError('not_found', 'no run of a workflow has this id, or this key may not see it', {
    hint: `It was looked for from ${from} to ${to}; \`from\` and \`to\` widen that.`,
  })
}

/** Spans may begin before the first execution and end after the last. */
function around({ startedAt, endedAt }: WorkflowSummary, { to }: Window): Window {
  const begin = Math.max(0, Date.parse(startedAt) - DAY_MS)
  const end = Date.parse(endedAt ?? to) + DAY_MS
  return { from: new Date(begin).toISOString(), to: new Date(end).toISOString() }
}

function toNodes(attempts: readonly Attempt[], begin: string): WorkflowNode[] {
  return [...Map.groupBy(attempts, ({ nodeId }) => nodeId)].map(([nodeId, own]) => {
    const placed = own.map((attempt) => ({ ...attempt, offsetMs: msBetween(begin, attempt.startedAt) }))
    const [first] = placed
    const ends = own.flatMap(({ timestamp }) => (timestamp === null ? [] : [msBetween(begin, timestamp)]))
    const offsetMs = first?.offsetMs ?? 0
    const elapsedMs = ends.length === 0 ? null : Math.max(...ends) - offsetMs
    return { nodeId, state: stateOf(own), offsetMs, elapsedMs, attempts: placed }
  })
}

/** As the totals count it. */
function stateOf(attempts: readonly Attempt[]): WorkflowState {
  if (attempts.some(({ phase }) => phase === 'running')) return 'running'
  const last = attempts.reduce<Attempt | null>(
    (latest, attempt) => (latest === null || attempt.attempt >= latest.attempt ? attempt : latest),
    null,
  )
  if (last?.success === false) return 'failed'
  return attempts.some(({ phase }) => phase === 'missing') ? 'incomplete' : 'succeeded'
}
