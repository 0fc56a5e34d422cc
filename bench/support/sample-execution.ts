/** An execution as they come: a short program, three fields of caller's context, a line of output. */
import { v7 as uuidv7 } from 'uuid'
import { mapNames, namesWith, type ExecutionRecord } from '../../src/record/record.ts'

const CODE = 'def main(input):\n    return {"sum": sum(input["xs"])}\n'.repeat(7)
const WHO = {
  organizationId: 'acme',
  workspaceId: 'w1',
  userId: 'u1',
  codeAgentId: 'summer',
  codeAgentVersion: '1',
  workflowExecutionId: 'wf-1',
  nodeId: 'n-3',
}
const MEASURED = {
  durationMs: 12.5,
  queueMs: 0.1,
  startupMs: 3.2,
  cpuMs: 10.25,
  memoryPeakBytes: 31_457_280,
  memorySource: 'cgroup',
} as const
const ABSENT = mapNames(namesWith({ nullable: true }), () => null)

/** A fresh record, as the executor hands it over. */
export function sampleExecution(): ExecutionRecord {
  const startedAt = new Date().toISOString().replace('Z', '123456Z')
  return {
    ...ABSENT,
    ...WHO,
    ...MEASURED,
    executionId: uuidv7(),
    attempt: 1,
    runtime: 'subprocess',
    language: 'python',
    isolation: 'namespace',
    outcome: 'success',
    success: true,
    exitCode: 0,
    validationPassed: true,
    limitTimeoutMs: 30_000,
    limitMemoryBytes: 268_435_456,
    tokensUsed: 120,
    inputTokens: 100,
    outputTokens: 20,
    model: 'some-model',
    codeSha256: 'a'.repeat(64),
    codeBytes: CODE.length,
    code: CODE,
    input: '{"xs":[1,2,3]}',
    stdout: 'adding three numbers and telling of it to whoever reads it\n',
    stderr: '',
    stdoutBytes: 59,
    stderrBytes: 0,
    outputTruncated: false,
    result: '{"sum":6}',
    startedAt,
    timestamp: startedAt,
    executorId: 'bench',
    traceId: '',
    spanId: '',
  }
}
