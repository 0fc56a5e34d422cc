import { v7 as uuidv7 } from 'uuid'
import { CapacityError } from '../errors.ts'
import type { ExecutionRecord, ExecutionResult, Json, StartedRecord } from '../execution.ts'
import type { RuntimeRequest } from '../runtimes/runtime.ts'
import type { Trail, TrailEntry } from '../telemetry/trail.ts'
import type { Admission, Place } from './admission.ts'
import { toIso } from './clock.ts'
import { findTextFault } from './json-text.ts'
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

type Findings = Pick<End, 'verdict' | 'report' | 'validationPassed' | 'queueMs'> & {
  /** What `main` returned, whatever the outcome made of it. */
  value: Json
}

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
  const keep = <Record extends StartedRecord | ExecutionRecord>(record: Record): Record | Promise<Record> =>
    applyContentPolicy(record, context.content, redact)
  const kept = keep(started)
  const entry = context.trail.begin(kept instanceof Promise ? await kept : kept, settled.context)
  const finish = async (findings: Findings): Promise<ExecutionRecord> => {
    const { traceId, spanId } = entry
    const record = completedRecord(started, {
      ...findings,
      timestamp: toIso(context.clock()),
      traceId,
      spanId,
    })
    entry.complete(await keep(record))
    return record
  }
  const findings = await findOut(settled, { executionId, entry, place, context })
  const record = await finish(findings)
  if (findings.refused !== undefined) throw findings.refused
  return { ...record, result: findings.value, files: findings.report?.exit.files ?? [] }
}

interface Run {
  executionId: string
  entry: TrailEntry
  place: Place
  context: ExecuteContext
}

/** Never rejects: what was begun is completed, also where something of ours fails. */
async function findOut(settled: SettledRequest, run: Run): Promise<Findings & { refused?: CapacityError }> {
  const since = performance.now()
  try {
    return (await refuseEarly(settled)) ?? (await admitAndRun(settled, run))
  } catch (error) {
    const unrun = { ...NOT_RUN, queueMs: performance.now() - since }
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof CapacityError)
      return { ...unrun, verdict: judge('error', 'runtime_unavailable', message), refused: error }
    return { ...unrun, verdict: judge('error', 'runtime_error', `exectrail failed: ${message}`) }
  } finally {
    run.place.leave()
  }
}

const NOT_RUN = { report: null, validationPassed: null, queueMs: 0, value: null }

/** What can be said without spending a sandbox: the policy and the input's schema. */
async function refuseEarly({ body, input, checkInput }: SettledRequest): Promise<Findings | null> {
  const breach = await findPolicyBreach(body.code, body.language, body.policy)
  if (breach !== null) return { ...NOT_RUN, verdict: judge('failure', 'policy', breach) }
  const fault = (await checkInput?.(input)) ?? null
  if (fault === null) return null
  return { ...NOT_RUN, verdict: judge('failure', 'validation_input', fault), validationPassed: false }
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
    if (!signal.aborted) throw error
    const queueMs = performance.now() - waitedSince
    return { ...NOT_RUN, queueMs, verdict: judge('cancelled', 'cancelled', 'cancelled while waiting') }
  }
  const queueMs = performance.now() - waitedSince
  const report = await runOnRuntime(settled.runtime, runtimeRequest(settled, run), {
    signal,
    onOutput: settled.onOutput,
  })
  return { ...(await concludeRun(settled, report)), queueMs }
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
async function concludeRun(settled: SettledRequest, given: RunReport): Promise<Findings> {
  const result = parseResult(given.exit.result)
  const report = result.ok ? given : { ...given, exit: { ...given.exit, result: null } }
  const verdict = decideOutcome(report.exit, report.cause, settled.limits.timeoutMs)
  const validationPassed = settled.checkInput === null ? null : true
  const value = result.ok ? result.value : null
  const findings: Findings = { verdict, report, validationPassed, queueMs: 0, value }
  if (verdict !== SUCCESS) return findings
  if (!result.ok)
    return { ...findings, verdict: judge('failure', 'exception', `ResultError: ${result.fault}`) }
  if (settled.checkOutput === null) return findings
  const fault = await settled.checkOutput(report.exit.result ?? 'null')
  if (fault === null) return { ...findings, validationPassed: true }
  return { ...findings, verdict: judge('failure', 'validation_output', fault), validationPassed: false }
}

type ParsedResult = { ok: true; value: Json } | { ok: false; fault: string }

/** The code wrote this text, so it may be anything. */
function parseResult(text: string | null): ParsedResult {
  if (text === null) return { ok: true, value: null }
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES)
    return { ok: false, fault: `the result is larger than ${MAX_RESULT_BYTES} bytes of JSON` }
  const fault = findTextFault(text)
  if (fault !== null) return { ok: false, fault: `the result ${fault}` }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, fault: 'what came back as the result is not JSON' }
  }
}
