import { mapNames, type ExecutionRecord } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { selectList, toRecord, type ExecutionRow } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'
import { GRACE_MS, IS_OVERDUE, unendedFrom } from './workflow-executions.ts'

/** Known when an execution begins. */
const BEGUN = [
  'executionId',
  'organizationId',
  'nodeId',
  'attempt',
  'runtime',
  'language',
  'codeAgentId',
  'startedAt',
  'traceId',
  'spanId',
] as const
/** Known when it has ended. */
const ENDED = [
  'timestamp',
  'outcome',
  'success',
  'errorType',
  'errorMessage',
  'queueMs',
  'startupMs',
  'durationMs',
  'memoryPeakBytes',
] as const
export const ATTEMPT_FIELDS = [...BEGUN, ...ENDED] as const

type Ended = Pick<ExecutionRecord, (typeof ENDED)[number]>
/** An execution as a step of a run; what only its record has is null before it. */
export type Attempt = Pick<ExecutionRecord, (typeof BEGUN)[number]> & {
  phase: 'ended' | 'running' | 'missing'
} & { [Name in keyof Ended]: Ended[Name] | null }

export interface AttemptsQuery {
  scope: Scope
  window: Window
  /** The executions: of a run of a workflow, or of a trace. */
  of: { workflowExecutionId: string } | { traceId: string }
  limit: number
}

/** The executions in order of their start, those that have not ended included. */
export async function listAttempts(store: Store, query: AttemptsQuery): Promise<Attempt[]> {
  const base = ofThese(tenantCondition(query.scope, query.window), query.of)
  const { sql, parameters } = narrow(base, 'true', { limit: query.limit, graceMs: GRACE_MS })
  const order = 'ORDER BY started_at, execution_id LIMIT {limit:UInt32}'
  const [ended, unended] = await Promise.all([
    store.query<ExecutionRow>(
      `SELECT ${selectList(ATTEMPT_FIELDS)} FROM code_exec_logs FINAL WHERE ${sql} ${order}`,
      parameters,
    ),
    store.query<ExecutionRow>(
      `SELECT ${selectList(BEGUN)}, ${IS_OVERDUE} AS overdue FROM ${unendedFrom(sql)} ${order}`,
      parameters,
    ),
  ])
  return [...ended.map(toEnded), ...unended.map(toUnended)].toSorted(byStart).slice(0, query.limit)
}

function toEnded(row: ExecutionRow): Attempt {
  return Object.assign(toRecord(row, ATTEMPT_FIELDS), { phase: 'ended' as const })
}

function toUnended(row: ExecutionRow): Attempt {
  const phase = row['overdue'] === 1 ? ('missing' as const) : ('running' as const)
  return { ...toRecord(row, BEGUN), ...mapNames(ENDED, () => null), phase }
}

function ofThese(base: Condition, of: AttemptsQuery['of']): Condition {
  return 'traceId' in of
    ? narrow(base, 'trace_id = {traceId:String}', of)
    : narrow(base, 'workflow_execution_id = {workflowExecutionId:String}', of)
}

function byStart(a: Attempt, b: Attempt): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1
  return a.executionId < b.executionId ? -1 : 1
}
