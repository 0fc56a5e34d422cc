import type { ExecutionRecord, FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { selectList, toRecord } from '../rows.ts'
import type { Scope } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

export interface RunningQuery<Name extends FieldName> {
  scope: Scope
  /** On fields that are known when an execution begins. */
  filter: Filter
  /** Executors whose executions are known otherwise, or that are gone. */
  withoutExecutors: readonly string[]
  /** ms beyond its time limit that an execution may take to wait, start and be delivered. */
  graceMs: number
  limit: number
  fields: readonly Name[]
}

/** No time limit is longer. */
const LONGEST_MS = 86_400_000

/** Executions that started, have no end in the store, and may still run by their time limit; the oldest first. */
export async function getRunning<const Name extends FieldName>(
  store: Store,
  { scope, filter, withoutExecutors, graceMs, limit, fields }: RunningQuery<Name>,
): Promise<Pick<ExecutionRecord, Name>[]> {
  const within = narrow(
    tenantCondition(scope, null),
    `started_at >= now64(9) - toIntervalMillisecond({longestMs:UInt64})
     AND started_at + toIntervalMillisecond(limit_timeout_ms + {graceMs:UInt32}) >= now64(9)`,
    { longestMs: LONGEST_MS + graceMs, graceMs },
  )
  const where = filtered(
    narrow(
      within,
      `event_name = 'code_exec.started' AND executor_id NOT IN {withoutExecutors:Array(String)}
       AND execution_id NOT IN (SELECT execution_id FROM code_exec_logs WHERE ${within.sql})`,
      { withoutExecutors },
    ),
    filter,
  )
  const rows = await store.query<Record<string, unknown>>(
    `SELECT ${selectList(fields)} FROM code_exec_events FINAL WHERE ${where.sql}
     ORDER BY started_at, execution_id LIMIT {limit:UInt32}`,
    { ...where.parameters, limit },
  )
  return rows.map((row) => toRecord(row, fields))
}
