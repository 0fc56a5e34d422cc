/** Rows of two organizations that share names of agents, workflows and traces; every other text says whose it is. */
import type { ExecutionRecord } from '../../src/execution.ts'
import type { RunningClickHouse } from './clickhouse.ts'
import { makeRecord } from './records.ts'

const HOUR_MS = 3_600_000
const END = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
export const FROM = new Date(END - 4 * HOUR_MS).toISOString()
export const TO = new Date(END).toISOString()
export const TRACE = 'ab'.repeat(16)
export const SHARED = {
  workflowExecutionId: 'shared-workflow',
  traceId: TRACE,
  errorFingerprint: 'ab'.repeat(8),
}

/** Agents, workflows, traces and fingerprints have the same names in both organizations; everything else names its own. */
function rowsOf(organizationId: string, count: number): ExecutionRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const startedAt = new Date(END - (index + 1) * 600_000).toISOString()
    const mark = (field: string): string => `${organizationId}-canary-${field}-${index}`
    const failed = index % 3 === 0
    return makeRecord({
      ...SHARED,
      executionId: `0190000${organizationId === 'acme' ? 'a' : 'b'}-0000-7000-8000-${String(index).padStart(12, '0')}`,
      organizationId,
      startedAt,
      timestamp: startedAt,
      codeAgentId: 'shared-agent',
      codeAgentVersion: index % 2 === 0 ? '1' : '2',
      nodeId: 'shared-node',
      attempt: 1,
      outcome: failed ? 'failure' : 'success',
      success: !failed,
      errorType: failed ? 'exception' : null,
      errorMessage: failed ? mark('errorMessage') : null,
      errorFingerprint: failed ? SHARED.errorFingerprint : null,
      userId: mark('userId'),
      model: mark('model'),
      stdout: mark('stdout'),
      stderr: mark('stderr'),
      code: mark('code'),
      input: JSON.stringify(mark('input')),
      result: JSON.stringify(mark('result')),
      durationMs: organizationId === 'acme' ? 10 + index : 1000 + index,
    })
  })
}
export const ACME = rowsOf('acme', 9)
export const GLOBEX = rowsOf('globex', 14)

export async function insertSpans(
  clickhouse: RunningClickHouse,
  organizationId: string,
  count: number,
): Promise<void> {
  await clickhouse.store.command(
    `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, ServiceName, SpanAttributes)
     SELECT toDateTime64({at:String}, 9, 'UTC'), {trace:String}, {org:String} || toString(number), {org:String} || '-canary', 's',
       map('code_exec.organization.id', {org:String}, 'code_exec.execution.id', {org:String} || '-canary') FROM numbers({count:UInt32})`,
    {
      org: organizationId,
      trace: TRACE,
      count,
      at: new Date(END - 1_000_000).toISOString().slice(0, 23).replace('T', ' '),
    },
  )
}
