import { v7 as uuidv7 } from 'uuid'
import type { ExecutionRecord, ExecutionResult, FileContent, Json } from '../execution.ts'
import type { RuntimeRequest } from '../runtimes/runtime.ts'
import type { Trail, TrailEntry } from '../telemetry/trail.ts'
import type { Admission, Place } from './admission.ts'
import { toIso } from './clock.ts'
import { decideOutcome, judge, SUCCESS } from './outcome.ts'
import { findPolicyBreach } from './policy.ts'
import { applyContentPolicy, createRedactor, type ContentPolicy } from './redact.ts'
import { completedRecord, startedRecord, type End } from './record.ts'
import { runOnRuntime, type RunReport } from './run.ts'
import type { SettledRequest } from './settle.ts'

const MAX_RESULT_BYTES = 10 * 1_048_576

export interface ExecuteContext {
  executorId: string
  trail: Trail
  admission: Admission
  clock: () => bigint
  /** What the trail may keep of code, input, output and result. */
  content: ContentPolicy
  /** Aborted when the executor closes. */
  closing: AbortSignal
}

type Findings = Pick<End, 'verdict' | 'report' | 'validationPassed' | 'queueMs'>

/**
 * Runs a settled request from acceptance to record. From `begin` on, every way out leaves exactly one
 * completed record.
 * @throws {CapacityError} when the queue is full (nothing recorded) or the wait too long (recorded as `error`)
 */
export async function executeSettled(
  settled: SettledRequest,
  context: ExecuteContext,
): Promise<ExecutionResult> {
  const place = context.admission.reserve(settled.context.organizationId)
  const acceptedNs = context.clock()
  const executionId = uuidv7()
  const started = startedRecord(settled, {
    executionId,
    executorId: context.executorId,
    startedAt: toIso(acceptedNs),
  })
  const redact = createRedactor(settled.body.env)
  const entry = context.trail.begin(applyContentPolicy(started, context.content, redact))
  const finish = (findings: Findings): ExecutionRecord => {
    const { traceId, spanId } = entry
    const record = completedRecord(started, {
      ...findings,
      timestamp: toIso(context.clock()),
      traceId,
      spanId,
    })
    entry.complete(applyContentPolicy(record, context.content, redact))
    return record
  }
  const findings =
    refuseEarly(settled) ?? (await admitAndRun(settled, { executionId, entry, place, context, finish }))
  return toResult(finish(findings), findings.report?.exit.files ?? [])
}

/** What can be said without spending a sandbox: the policy and the input's schema. */
function refuseEarly(settled: SettledRequest): Findings | null {
  const { body } = settled
  const unrun = { report: null, queueMs: 0 }
  const breach = findPolicyBreach(body.code, body.language, body.policy)
  if (breach !== null)
    return { ...unrun, verdict: judge('failure', 'policy', breach), validationPassed: null }
  const fault = settled.checkInput?.(JSON.parse(settled.input)) ?? null
  if (fault === null) return null
  return { ...unrun, verdict: judge('failure', 'validation_input', fault), validationPassed: false }
}

interface Run {
  executionId: string
  entry: TrailEntry
  place: Place
  context: ExecuteContext
  finish(findings: Findings): ExecutionRecord
}

async function admitAndRun(settled: SettledRequest, run: Run): Promise<Findings> {
  const signal =
    settled.signal === undefined
      ? run.context.closing
      : AbortSignal.any([settled.signal, run.context.closing])
  const waitedSince = performance.now()
  try {
    await run.place.enter(signal)
  } catch (error) {
    const queueMs = performance.now() - waitedSince
    const gone: Omit<Findings, 'verdict'> = { report: null, validationPassed: null, queueMs }
    if (signal.aborted)
      return { ...gone, verdict: judge('cancelled', 'cancelled', 'cancelled while waiting') }
    const message = error instanceof Error ? error.message : String(error)
    run.finish({ ...gone, verdict: judge('error', 'runtime_unavailable', message) })
    throw error
  }
  const queueMs = performance.now() - waitedSince
  try {
    const report = await runOnRuntime(settled.runtime, runtimeRequest(settled, run), {
      signal,
      onOutput: settled.onOutput,
    })
    return { ...concludeRun(settled, report), queueMs }
  } finally {
    run.place.leave()
  }
}

function runtimeRequest(settled: SettledRequest, run: Run): RuntimeRequest {
  const { body, context, limits, input } = settled
  return {
    executionId: run.executionId,
    organizationId: context.organizationId,
    workflowExecutionId: context.workflowExecutionId ?? null,
    codeAgentId: context.codeAgentId ?? null,
    language: body.language,
    code: body.code,
    input,
    env: { ...body.env, TRACEPARENT: run.entry.traceparent },
    files: body.files ?? [],
    network: body.network ?? 'none',
    limits,
  }
}

/** Outcome of a run, with the result held against its schema. */
function concludeRun(settled: SettledRequest, given: RunReport): Findings {
  const result = parseResult(given.exit.result)
  const report = result.ok ? given : { ...given, exit: { ...given.exit, result: null } }
  const verdict = decideOutcome(report.exit, report.cause, settled.limits.timeoutMs)
  const inputPassed = settled.checkInput === null ? null : true
  const findings: Findings = { verdict, report, validationPassed: inputPassed, queueMs: 0 }
  if (verdict !== SUCCESS) return findings
  if (!result.ok) return { ...findings, verdict: judge('failure', 'exception', result.fault) }
  const fault = settled.checkOutput?.(result.value) ?? null
  if (fault !== null)
    return { ...findings, verdict: judge('failure', 'validation_output', fault), validationPassed: false }
  return settled.checkOutput === null ? findings : { ...findings, validationPassed: true }
}

function toResult(record: ExecutionRecord, files: readonly FileContent[]): ExecutionResult {
  const result = parseResult(record.result)
  return { ...record, result: result.ok ? result.value : null, files }
}

type ParsedResult = { ok: true; value: Json | null } | { ok: false; fault: string }

/** The code wrote this text, so it may be anything. */
function parseResult(text: string | null): ParsedResult {
  if (text === null) return { ok: true, value: null }
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES)
    return { ok: false, fault: `the result is larger than ${MAX_RESULT_BYTES} bytes of JSON` }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, fault: 'what came back as the result is not JSON' }
  }
}
