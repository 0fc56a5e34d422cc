/** Runs of workflows: retried, failed, still running, overdue, delivered twice and late. */
import type { ExecutionRecord } from '../../src/execution.ts'
import type { RunningClickHouse } from './clickhouse.ts'
import { insertRecords, makeRecord } from './records.ts'
import { insertStarted } from './started.ts'

const MINUTE = 60_000
export const BEGIN = Date.now() - 60 * MINUTE
export const TRACE = 'ab'.repeat(16)

const iso = (ms: number): string => new Date(ms).toISOString()

/** A step that begins `at` ms after the begin and takes `took` ms. */
export function step(at: number, took: number, part: Partial<ExecutionRecord> = {}): ExecutionRecord {
  const failed = part.outcome !== undefined && part.outcome !== 'success'
  return makeRecord({
    organizationId: 'acme',
    startedAt: iso(BEGIN + at),
    timestamp: iso(BEGIN + at + took),
    durationMs: took,
    queueMs: 0,
    startupMs: 0,
    success: !failed,
    errorType: failed ? 'exception' : null,
    traceId: TRACE,
    spanId: Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(16, '0'),
    ...part,
  })
}

const run = (id: string) => ({ workflowExecutionId: id })

/** Ended executions: `wf-good` recovers by a retry, `wf-bad` does not, `wf-open` still runs, `wf-lost` lost a record. */
export const ended: ExecutionRecord[] = [
  step(0, 100, { ...run('wf-good'), nodeId: 'fetch', costRunNanoUsd: 5, tokensUsed: 7 }),
  step(100, 50, { ...run('wf-good'), nodeId: 'parse', outcome: 'failure', costRunNanoUsd: 6 }),
  step(160, 60, { ...run('wf-good'), nodeId: 'parse', attempt: 2, costAllocatedNanoUsd: 9 }),
  step(5000, 10, { ...run('wf-bad'), nodeId: 'only' }),
  step(5020, 10, { ...run('wf-bad'), nodeId: 'only', attempt: 2, outcome: 'timeout' }),
  step(5030, 10, { ...run('wf-bad'), nodeId: null }),
  step(9000, 10, { ...run('wf-open'), nodeId: 'a' }),
  step(12_000, 10, { ...run('wf-lost'), nodeId: 'a' }),
  step(1000, 10, { ...run('wf-good'), organizationId: 'globex', nodeId: 'theirs' }),
  step(20_000, 10, { nodeId: 'outside of any run' }),
]

/** Began without a record: one within its time limit, one beyond. */
export const unended: ExecutionRecord[] = [
  step(9100, 0, { ...run('wf-open'), nodeId: 'b', limitTimeoutMs: 86_400_000 }),
  step(12_100, 0, { ...run('wf-lost'), nodeId: 'b', limitTimeoutMs: 1000 }),
]

/** Stores all of it, with duplicates, and a completion written for a presumed crash that comes after the true one. */
export async function insertWorkflows(clickhouse: Pick<RunningClickHouse, 'url' | 'store'>): Promise<void> {
  await insertRecords(clickhouse, ended)
  await insertRecords(clickhouse, ended.slice(0, 5))
  await insertStarted(clickhouse, [...ended, ...unended])
  await insertStarted(clickhouse, unended)
  await clickhouse.store.command(
    `INSERT INTO code_exec_logs (execution_id, organization_id, code_agent_id, workflow_execution_id, node_id, attempt,
       started_at, timestamp, outcome, success, error_type, record_version)
     SELECT execution_id, organization_id, code_agent_id, workflow_execution_id, node_id, attempt,
       started_at, timestamp + 1000, 'error', false, 'executor_crashed', 1
     FROM code_exec_logs WHERE workflow_execution_id = 'wf-good' AND node_id = 'fetch' LIMIT 1`,
  )
}
