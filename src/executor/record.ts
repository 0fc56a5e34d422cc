import type { NetworkPolicy } from '../execution.ts'
import {
  BLOB_FIELDS,
  CONTEXT_FIELDS,
  mapNames,
  type ExecutionRecord,
  type StartedRecord,
} from '../record/record.ts'
import { cutHead, TEXT_MAX_BYTES } from '../telemetry/safe-values.ts'
import { hintFor } from './code-hint.ts'
import { fingerprintError } from './fingerprint.ts'
import { keptRequest } from './kept-request.ts'
import type { RuntimeExit } from '../runtimes/runtime.ts'
import type { OutcomeDetail } from './outcome.ts'
import type { RunReport } from './run-on-runtime.ts'
import type { NormalizedRequest } from './normalize.ts'

interface Identity {
  executionId: string
  executorId: string
  startedAt: string
}

/** The fields that are known when an execution is accepted. */
export function startedRecord(request: NormalizedRequest, identity: Identity): StartedRecord {
  const { body, context, limits } = request
  const { inputTokens = null, outputTokens = null, model = null } = body.usage ?? {}
  return {
    ...identity,
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
    codeSha256: request.codeSha256,
    codeBytes: request.codeBytes,
    code: body.code,
    input: body.input === undefined ? null : request.input,
    request: keptRequest(body),
    requestLoss: null,
    replayOf: body.replayOf ?? null,
  }
}

/** How an execution ended. `report` is null when it did not run. */
export interface Completion {
  detail: OutcomeDetail
  report: RunReport | null
  validationPassed: boolean | null
  queueMs: number
  network: NetworkPolicy
  timestamp: string
  traceId: string
  spanId: string
}

/** The record's costs, which are computed from it. */
const NOT_PRICED = {
  costRunNanoUsd: null,
  costAllocatedNanoUsd: null,
  costTokensNanoUsd: null,
  priceId: null,
}

const NO_BLOBS = mapNames(BLOB_FIELDS, () => null)

/** The record without its costs and blobs. */
export function completedRecord(started: StartedRecord, completion: Completion): ExecutionRecord {
  const { detail, report } = completion
  const exit = report?.exit
  const { errorType } = detail
  const times = timesOf(completion)
  const errorMessage = capped(detail.errorMessage)
  const errorStack = capped(detail.errorStack)
  return {
    ...started,
    ...detail,
    errorMessage,
    errorStack,
    hint: hintOf(started, completion),
    isolation: exit?.isolation ?? 'none',
    success: detail.outcome === 'success',
    exitCode: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    errorFingerprint: errorType === null ? null : fingerprintError(errorType, errorMessage ?? '', errorStack),
    validationPassed: completion.validationPassed,
    ...times,
    cpuMs: exit?.cpuMs ?? null,
    memoryPeakBytes: exit?.memoryPeakBytes ?? null,
    memorySource: exit?.memorySource ?? null,
    ...allocationOf(exit, times),
    ...NOT_PRICED,
    ...NO_BLOBS,
    stdout: report?.stdout.text() ?? '',
    stderr: report?.stderr.text() ?? '',
    stdoutBytes: report?.stdout.totalBytes ?? 0,
    stderrBytes: report?.stderr.totalBytes ?? 0,
    outputTruncated: report === null ? false : report.stdout.truncated || report.stderr.truncated,
    result: exit?.result ?? null,
    outFilesDropped: exit?.outFilesDropped ?? null,
    sandboxId: exit?.sandboxId ?? null,
    sandboxAgeMs: exit?.sandboxAgeMs ?? null,
    timestamp: completion.timestamp,
    traceId: completion.traceId,
    spanId: completion.spanId,
  }
}

function hintOf(started: StartedRecord, { detail, report, network }: Completion): string | null {
  const exit = report?.exit
  const printed = (report?.stdout.totalBytes ?? 0) + (report?.stderr.totalBytes ?? 0)
  return hintFor({
    code: started.code ?? '',
    language: started.language,
    network,
    success: detail.outcome === 'success',
    errorType: detail.errorType,
    errorMessage: detail.errorMessage ?? '',
    stderr: () => report?.stderr.text() ?? '',
    silent: printed === 0 && (exit?.result ?? null) === null && (exit?.files ?? []).length === 0,
  })
}

/** The code writes this text, so it can have any size. */
function capped(text: string | null): string | null {
  return text === null ? null : cutHead(text, TEXT_MAX_BYTES)
}

/** Where the runtime does not say how long, what it allocated was held from start-up to the end of the run. */
function allocationOf(
  exit: RuntimeExit | undefined,
  { startupMs, durationMs }: Pick<ExecutionRecord, 'startupMs' | 'durationMs'>,
): Pick<ExecutionRecord, 'allocatedVcpus' | 'allocatedMemoryBytes' | 'heldFromMs' | 'heldUntilMs'> {
  const allocated = exit?.allocated ?? null
  if (allocated === null)
    return { allocatedVcpus: null, allocatedMemoryBytes: null, heldFromMs: null, heldUntilMs: null }
  const held = allocated.held ?? { fromMs: 0, untilMs: startupMs + durationMs }
  return {
    allocatedVcpus: allocated.vcpus,
    allocatedMemoryBytes: allocated.memoryBytes,
    heldFromMs: held.fromMs,
    heldUntilMs: held.untilMs,
  }
}

/** Time in a backend's own queue counts as queueing, not as start-up. */
function timesOf({
  report,
  queueMs,
}: Completion): Pick<ExecutionRecord, 'durationMs' | 'queueMs' | 'startupMs'> {
  if (report === null) return { durationMs: 0, queueMs, startupMs: 0 }
  const backendQueueMs = Math.min(report.exit.queueMs ?? 0, report.startupMs)
  const durationMs = Math.min(
    report.exit.durationMs ?? report.durationMs,
    report.durationMs + report.startupMs,
  )
  return { durationMs, queueMs: queueMs + backendQueueMs, startupMs: report.startupMs - backendQueueMs }
}
