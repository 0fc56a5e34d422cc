import { CONTEXT_FIELDS, mapNames, type ExecutionRecord, type StartedRecord } from '../record/record.ts'
import { cutHead, TEXT_MAX_BYTES } from '../telemetry/safe-values.ts'
import { fingerprintError } from './fingerprint.ts'
import type { Verdict } from './outcome.ts'
import type { RunReport } from './run.ts'
import type { SettledRequest } from './settle.ts'

interface Begin {
  executionId: string
  executorId: string
  startedAt: string
}

/** What is known when an execution is accepted. */
export function startedRecord(settled: SettledRequest, begin: Begin): StartedRecord {
  const { body, context, limits } = settled
  const { inputTokens = null, outputTokens = null, model = null } = body.usage ?? {}
  return {
    ...begin,
    ...mapNames(CONTEXT_FIELDS, (name) => context[name] ?? null),
    organizationId: context.organizationId,
    attempt: body.attempt ?? 1,
    runtime: body.runtime,
    language: body.language,
    limitTimeoutMs: limits.timeoutMs,
    limitMemoryBytes: limits.memoryBytes,
    inputTokens,
    outputTokens,
    tokensUsed:
      inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0),
    model,
    codeSha256: settled.codeSha256,
    codeBytes: settled.codeBytes,
    code: body.code,
    input: body.input === undefined ? null : settled.input,
    replayOf: null,
  }
}

/** What an execution came to. `report` is null for one that was refused before it ran. */
export interface End {
  verdict: Verdict
  report: RunReport | null
  validationPassed: boolean | null
  queueMs: number
  timestamp: string
  traceId: string
  spanId: string
}

/** The whole record. */
export function completedRecord(started: StartedRecord, end: End): ExecutionRecord {
  const { verdict, report } = end
  const exit = report?.exit
  const { errorType } = verdict
  const errorMessage = capped(verdict.errorMessage)
  const errorStack = capped(verdict.errorStack)
  return {
    ...started,
    ...verdict,
    errorMessage,
    errorStack,
    isolation: exit?.isolation ?? 'none',
    success: verdict.outcome === 'success',
    exitCode: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    errorFingerprint: errorType === null ? null : fingerprintError(errorType, errorMessage ?? '', errorStack),
    validationPassed: end.validationPassed,
    ...timesOf(end),
    cpuMs: exit?.cpuMs ?? null,
    memoryPeakBytes: exit?.memoryPeakBytes ?? null,
    memorySource: exit?.memorySource ?? null,
    costRunNanoUsd: null,
    costAllocatedNanoUsd: null,
    costTokensNanoUsd: null,
    priceId: null,
    stdout: report?.stdout.text() ?? '',
    stderr: report?.stderr.text() ?? '',
    stdoutBytes: report?.stdout.totalBytes ?? 0,
    stderrBytes: report?.stderr.totalBytes ?? 0,
    outputTruncated: report === null ? false : report.stdout.truncated || report.stderr.truncated,
    result: exit?.result ?? null,
    outFilesDropped: exit?.outFilesDropped ?? null,
    sandboxId: exit?.sandboxId ?? null,
    sandboxAgeMs: exit?.sandboxAgeMs ?? null,
    timestamp: end.timestamp,
    traceId: end.traceId,
    spanId: end.spanId,
  }
}

/** The code's own words, so of any size. */
function capped(text: string | null): string | null {
  return text === null ? null : cutHead(text, TEXT_MAX_BYTES)
}

/** Waiting inside a backend's own queue is queueing, not start-up. */
function timesOf({ report, queueMs }: End): Pick<ExecutionRecord, 'durationMs' | 'queueMs' | 'startupMs'> {
  if (report === null) return { durationMs: 0, queueMs, startupMs: 0 }
  const backendQueueMs = Math.min(report.exit.queueMs ?? 0, report.startupMs)
  const durationMs = Math.min(
    report.exit.durationMs ?? report.durationMs,
    report.durationMs + report.startupMs,
  )
  return { durationMs, queueMs: queueMs + backendQueueMs, startupMs: report.startupMs - backendQueueMs }
}
