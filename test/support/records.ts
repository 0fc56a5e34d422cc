/** Execution records made up by a test, and the way into the table without a Collector. */
import { createClient } from '@clickhouse/client'
import { v7 as uuidv7 } from 'uuid'
import type { ExecutionRecord } from '../../src/execution.ts'
import { columnOf } from '../../src/record/columns.ts'
import { FIELD_NAMES, mapNames, namesWith } from '../../src/record/record.ts'
import { toClickHouseTime } from '../../src/store/rows.ts'
import { PASSWORD, USER, type RunningClickHouse } from './clickhouse.ts'

const ABSENT = mapNames(namesWith({ nullable: true }), () => null)

/** A successful execution of a minute ago, changed by `part`. */
export function makeRecord(part: Partial<ExecutionRecord> = {}): ExecutionRecord {
  const startedAt = new Date(Date.now() - 60_000).toISOString()
  return {
    ...ABSENT,
    executionId: uuidv7(),
    organizationId: 'acme',
    codeAgentId: 'summer',
    attempt: 1,
    runtime: 'subprocess',
    language: 'python',
    isolation: 'namespace',
    outcome: 'success',
    success: true,
    exitCode: 0,
    durationMs: 12.5,
    queueMs: 0.1,
    startupMs: 3,
    cpuMs: 9,
    memoryPeakBytes: 8_388_608,
    memorySource: 'cgroup',
    limitTimeoutMs: 30_000,
    limitMemoryBytes: 536_870_912,
    codeSha256: 'a'.repeat(64),
    codeBytes: 4,
    code: 'pass',
    stdout: '',
    stderr: '',
    stdoutBytes: 0,
    stderrBytes: 0,
    outputTruncated: false,
    startedAt,
    timestamp: startedAt,
    executorId: 'executor-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    ...part,
  }
}

/** Inserts records as rows. Version 1 is what stands in for an end that was presumed lost. */
export async function insertRecords(
  clickhouse: Pick<RunningClickHouse, 'url'>,
  records: readonly ExecutionRecord[],
  version: 1 | 2 = 2,
): Promise<void> {
  const client = createClient({
    url: clickhouse.url,
    username: USER,
    password: PASSWORD,
    database: 'exectrail',
  })
  await client.insert({
    table: 'code_exec_logs',
    values: records.map((record) => Object.assign(toRow(record), { record_version: version })),
    format: 'JSONEachRow',
    columns: COLUMNS,
  })
  await client.close()
}

const [FIRST = '', ...REST] = FIELD_NAMES.map(columnOf)
const COLUMNS: [string, ...string[]] = [FIRST, ...REST, 'record_version']

function toRow(record: ExecutionRecord): Record<string, unknown> {
  const row = Object.fromEntries(FIELD_NAMES.map((field) => [columnOf(field), record[field]]))
  const { codeAgentId, startedAt, timestamp } = record
  return {
    ...row,
    code_agent_id: codeAgentId ?? '',
    started_at: toClickHouseTime(startedAt),
    timestamp: toClickHouseTime(timestamp),
  }
}

/** Inserts the start of an execution that has no end yet; its id. */
export async function insertStart(
  clickhouse: Pick<RunningClickHouse, 'url'>,
  part: Partial<ExecutionRecord> = {},
): Promise<string> {
  const record = makeRecord(part)
  const client = createClient({
    url: clickhouse.url,
    username: USER,
    password: PASSWORD,
    database: 'exectrail',
  })
  const values = {
    execution_id: record.executionId,
    organization_id: record.organizationId,
    workspace_id: record.workspaceId,
    code_agent_id: record.codeAgentId ?? '',
    runtime: record.runtime,
    language: record.language,
    event_name: 'code_exec.started',
    limit_timeout_ms: record.limitTimeoutMs,
    executor_id: record.executorId,
    started_at: toClickHouseTime(record.startedAt),
  }
  const [first = '', ...rest] = Object.keys(values)
  await client.insert({
    table: 'code_exec_events',
    format: 'JSONEachRow',
    columns: [first, ...rest],
    values: [values],
  })
  await client.close()
  return record.executionId
}
