import { FIELD_NAMES, type ExecutionRecord } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { selectList, toRecord } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** How far the start of an execution may be from the time in its id, ms. */
const SKEW_MS = 60_000

/** One complete execution; null when there is none in the scope. */
export async function getExecution(
  store: Store,
  scope: Scope,
  executionId: string,
): Promise<ExecutionRecord | null> {
  const window = windowOf(executionId)
  const found = window === null ? null : await readExecution(store, { scope, executionId, window })
  // Records of other senders may have any id.
  return found ?? readExecution(store, { scope, executionId, window: null })
}

/** A UUIDv7 holds the time it was made, so that few rows have to be read. */
function windowOf(executionId: string): Window | null {
  const time = /^(?<high>[0-9a-f]{8})-(?<low>[0-9a-f]{4})-7/iu.exec(executionId)?.groups
  if (time === undefined) return null
  const at = Number.parseInt(`${time['high']}${time['low']}`, 16)
  if (at > LATEST_MS) return null
  return { from: toTime(at - SKEW_MS), to: toTime(at + SKEW_MS) }
}

function toTime(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString()
}

const LATEST_MS = Date.parse('2200-01-01T00:00:00Z')

/**
 * Without FINAL, which would read more: of rows that were delivered twice the last one is the same as FINAL's. With PREWHERE,
 * since the engine takes longer to choose it by itself the more columns are read.
 */
async function readExecution(
  store: Store,
  { scope, executionId, window }: { scope: Scope; executionId: string; window: Window | null },
): Promise<ExecutionRecord | null> {
  const where = narrow(tenantCondition(scope, window), 'execution_id = {executionId:String}', { executionId })
  const [row] = await store.query<Record<string, unknown>>(
    `SELECT ${selectList(FIELD_NAMES)} FROM code_exec_logs PREWHERE ${where.sql}
     ORDER BY record_version DESC, inserted_at DESC LIMIT 1`,
    where.parameters,
  )
  return row === undefined ? null : toRecord(row, FIELD_NAMES)
}
