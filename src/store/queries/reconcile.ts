import { mapNames, type ExecutionRecord } from '../../record/record.ts'
import type { Parameters, Store } from '../client.ts'
import { selectList, toRecord, type ExecutionRow } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

const UNSTORED_FIELDS = [
  'executionId',
  'organizationId',
  'codeAgentId',
  'runtime',
  'startedAt',
  'executorId',
] as const

/** An execution that was begun and has no row. */
type UnstoredExecution = Pick<ExecutionRecord, (typeof UNSTORED_FIELDS)[number]>

/** Ids accepted against ids stored. */
export interface StoredComparison {
  /** Executions begun, by `code_exec_events`. */
  begun: number
  /** Rows of `code_exec_logs`. */
  stored: number
  /** Begun, without a row, and past the time a run may take: how many, and the oldest of them. */
  missingCount: number
  missing: readonly UnstoredExecution[]
  /** Begun and without a row, but perhaps still running or on the way. */
  pending: number
  /** Rows past the time their span may take, without one: how many, and the oldest of them. */
  spanlessCount: number
  spanless: readonly string[]
  /** Ids with more than one row after FINAL, the worst first. */
  duplicated: readonly { executionId: string; rows: number }[]
}

export interface Reconcile {
  scope: Scope
  window: Window
  /** ms beyond its own time limit that an execution is given to wait, start and travel. */
  settleMs: number
  /** Ids listed, at most; counts are whole. */
  limit: number
}

/** Compares, over a window of `started_at`, what was begun with what is stored. */
export async function reconcile(store: Store, question: Reconcile): Promise<StoredComparison> {
  const { scope, window, settleMs, limit } = question
  const where = tenantCondition(scope, window)
  const parameters = { ...where.parameters, settleMs, limit }
  const spans = tenantCondition(scope, window, 'Timestamp').sql
  const [counts, missing, spanless, duplicated] = await Promise.all([
    countAll(store, { rows: where.sql, spans }, parameters),
    listMissing(store, where.sql, parameters),
    listSpanless(store, { rows: where.sql, spans }, parameters),
    listDuplicated(store, where.sql, parameters),
  ])
  const { begun, stored, unstored, overdue: missingCount, spanless: spanlessCount } = counts
  const pending = unstored - missingCount
  return { begun, stored, missingCount, missing, pending, spanlessCount, spanless, duplicated }
}

const OVERDUE = 'started_at + toIntervalMillisecond(limit_timeout_ms + {settleMs:UInt32}) < now64(9)'

/** Both tables carry the same `started_at`, so one condition holds tenant and window on either side. */
function fromUnstored(where: string): string {
  return `code_exec_events FINAL WHERE ${where} AND event_name = 'code_exec.started'
    AND execution_id NOT IN (SELECT execution_id FROM code_exec_logs WHERE ${where})`
}

/** The same tenant and window on rows and on spans. */
interface Conditions {
  rows: string
  spans: string
}

function fromSpanless({ rows, spans }: Conditions): string {
  return `code_exec_logs FINAL WHERE ${rows} AND inserted_at + toIntervalMillisecond({settleMs:UInt32}) < now64(3)
    AND execution_id NOT IN (SELECT execution_id FROM otel_traces WHERE ${spans})`
}

const COUNTS = ['begun', 'stored', 'unstored', 'overdue', 'spanless'] as const
type Counts = Record<(typeof COUNTS)[number], number>

async function countAll(store: Store, conditions: Conditions, parameters: Parameters): Promise<Counts> {
  const where = conditions.rows
  const [row] = await store.query<Record<keyof Counts, string>>(
    `SELECT
      (SELECT count() FROM code_exec_events FINAL WHERE ${where} AND event_name = 'code_exec.started') AS begun,
      (SELECT count() FROM code_exec_logs FINAL WHERE ${where}) AS stored,
      (SELECT count() FROM ${fromUnstored(where)}) AS unstored,
      (SELECT count() FROM ${fromUnstored(where)} AND ${OVERDUE}) AS overdue,
      (SELECT count() FROM ${fromSpanless(conditions)}) AS spanless`,
    parameters,
  )
  return mapNames(COUNTS, (name) => Number(row?.[name] ?? 0))
}

async function listMissing(
  store: Store,
  where: string,
  parameters: Parameters,
): Promise<UnstoredExecution[]> {
  const rows = await store.query<ExecutionRow>(
    `SELECT ${selectList(UNSTORED_FIELDS)} FROM ${fromUnstored(where)} AND ${OVERDUE}
     ORDER BY started_at, execution_id LIMIT {limit:UInt32}`,
    parameters,
  )
  return rows.map((row) => toRecord(row, UNSTORED_FIELDS))
}

async function listSpanless(store: Store, conditions: Conditions, parameters: Parameters): Promise<string[]> {
  const rows = await store.query<{ execution_id: string }>(
    `SELECT execution_id FROM ${fromSpanless(conditions)}
     ORDER BY started_at, execution_id LIMIT {limit:UInt32}`,
    parameters,
  )
  return rows.map((row) => row.execution_id)
}

async function listDuplicated(
  store: Store,
  where: string,
  parameters: Parameters,
): Promise<{ executionId: string; rows: number }[]> {
  const rows = await store.query<{ execution_id: string; rows: string }>(
    `SELECT execution_id, count() AS rows FROM code_exec_logs FINAL WHERE ${where}
     GROUP BY execution_id HAVING rows > 1 ORDER BY rows DESC, execution_id LIMIT {limit:UInt32}`,
    parameters,
  )
  return rows.map(({ execution_id: executionId, rows: count }) => ({ executionId, rows: Number(count) }))
}
