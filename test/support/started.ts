/** Executions begun, as rows of `code_exec_events`, without a Collector. */
import { createClient } from '@clickhouse/client'
import type { ExecutionRecord } from '../../src/execution.ts'
import { toClickHouseTime } from '../../src/store/rows.ts'
import { PASSWORD, USER, type RunningClickHouse } from './clickhouse.ts'

/** Inserts the `started` event of each record. */
export async function insertStarted(
  clickhouse: Pick<RunningClickHouse, 'url'>,
  records: readonly ExecutionRecord[],
): Promise<void> {
  const client = createClient({
    url: clickhouse.url,
    username: USER,
    password: PASSWORD,
    database: 'exectrail',
  })
  const values = records.map((record) => ({
    execution_id: record.executionId,
    organization_id: record.organizationId,
    code_agent_id: record.codeAgentId ?? '',
    runtime: record.runtime,
    language: record.language,
    workflow_execution_id: record.workflowExecutionId,
    node_id: record.nodeId,
    attempt: record.attempt,
    trace_id: record.traceId,
    span_id: record.spanId,
    event_name: 'code_exec.started',
    limit_timeout_ms: record.limitTimeoutMs,
    started_at: toClickHouseTime(record.startedAt),
    timestamp: toClickHouseTime(record.startedAt),
    executor_id: record.executorId,
  }))
  await client.insert({
    table: 'code_exec_events',
    values,
    format: 'JSONEachRow',
    columns: [
      'execution_id',
      'organization_id',
      'code_agent_id',
      'runtime',
      'language',
      'workflow_execution_id',
      'node_id',
      'attempt',
      'trace_id',
      'span_id',
      'event_name',
      'limit_timeout_ms',
      'started_at',
      'timestamp',
      'executor_id',
    ],
  })
  await client.close()
}
