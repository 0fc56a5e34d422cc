import { mapNames, type ExecutionRecord } from '../../record/record.ts'
import type { Parameters, Store } from '../client.ts'
import { selectList, toRecord, type ExecutionRow } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

const MISSING_FIELDS = [
  'executionId',
  'organizationId',
  'codeAgentId',
  'runtime',
  'startedAt',
  'executorId',
] as const

/** An execution that started and has no row. */
type MissingExecution = Pick<ExecutionRecord, (typeof MISSING_FIELDS)[number]>

/** Started executions compared with stored rows. */
export interface StoredComparison {
  /** Executions that started, from `code_exec_events`. */
  begun: number
  /** Rows of `code_exec_logs`. */
  stored: number
  /** Started, without a row, and overdue: how many, and the oldest of them. */
  missingCount: number
  missing: readonly MissingExecution[]
  /** Started and without a row, but perhaps still running or in delivery. */
  pending: number
  /** Rows whose span is overdue: how many, and the oldest of them. */
  spanlessCount: number
  spanless: readonly string[]
  /** Ids with more than one row after FINAL, the worst first. */
  duplicated: readonly { executionId: string; rows: number }[]
}

export interface ReconcileQuery {
  scope: Scope
  window: Window
  /** ms beyond its time limit that an execution may take to wait, start and be delivered. */
  graceMs: number
  /** Maximum of ids listed; counts are complete. */
  limit: number
}

/** Compares started executions with stored rows over a window of `started_at`. */
export async function reconcile(store: Store, query: ReconcileQuery): Promise<StoredComparison> {
  const { scope, window, graceMs, limit } = query
  const where = tenantCondition(scope, window)
  const parameters = { ...where.parameters, graceMs, limit }
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

const OVERDUE = 'started_at + toIntervalMillisecond(limit_timeout_ms + {graceMs:UInt32}) < now64(9)'

/** Both tables have the same `started_at`, so the same condition applies to both. */
function fromMissing(where: string): string {
  return `code_exec_events FINAL WHERE ${where} AND event_name = 'code_exec.started'
    AND execution_id NOT IN (SELECT execution_id FROM code_exec_logs WHERE ${where})`
}

/** The same tenant and window on rows and on spans. */
interface Conditions {
  rows: string
  spans: string
}

function fromSpanless({ rows, spans }: Conditions): string {
  return `code_exec_logs FINAL WHERE ${rows} AND inserted_at + toIntervalMillisecond({graceMs:UInt32}) < now64(3)
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
      (SELECT count() FROM ${fromMissing(where)}) AS unstored,
      (SELECT count() FROM ${fromMissing(where)} AND ${OVERDUE}) AS overdue,
      (SELECT count() FROM ${fromSpanless(conditions)}) AS spanless`,
    parameters,
  )
  return mapNames(COUNTS, (name) => Number(row?.[name] ?? 0))
}

async function listMissing(store: Store, where: string, parameters: Parameters): Promise<MissingExecution[]> {
  const rows = await store.query<ExecutionRow>(
    `SELECT ${selectList(MISSING_FIELDS)} FROM ${fromMissing(where)} AND ${OVERDUE}
     ORDER BY started_at, execution_id LIMIT {limit:UInt32}`,
    parameters,
  )
  return rows.map((row) => toRecord(row, MISSING_FIELDS))
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
