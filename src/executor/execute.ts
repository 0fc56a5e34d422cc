import { v7 as uuidv7 } from 'uuid'
import type { Pricing } from '../cost/pricing.ts'
import { CapacityError, messageOf } from '../errors.ts'
import type { ExecutionRecord, ExecutionResult, Json, StartedRecord } from '../execution.ts'
import type { RuntimeRequest } from '../runtimes/runtime.ts'
import type { Trail, TrailEntry } from '../telemetry/trail.ts'
import type { Admission, Permit } from './admission.ts'
import type { ExecutionBlobs } from './blobs/execution-blobs.ts'
import type { Blobs } from './blobs/open-blobs.ts'
import type { Charge } from '../budgets/gate.ts'
import { toIso } from './clock.ts'
import { ConductedExecution } from './executions.ts'
import { addFailureLine } from './failure-line.ts'
import { decideOutcome, outcomeOf, SUCCESS, type OutcomeDetail } from './outcome.ts'
import { findPolicyViolation } from './policy-check.ts'
import { applyContentPolicy, createRedactor, type ContentPolicy } from './redact.ts'
import { completedRecord, startedRecord, type Completion } from './record.ts'
import { parseResult } from './parse-result.ts'
import { runOnRuntime, type RunReport } from './run-on-runtime.ts'
import { requestLoss } from './kept-request.ts'
import type { NormalizedRequest } from './normalize.ts'

export interface ExecuteContext {
  executorId: string
  trail: Trail
  admission: Admission
  clock: () => bigint
  pricing: Pricing
  /** What the trail may keep of code, input, output and result. */
  content: ContentPolicy
  /** Where whole content goes that the record holds in part; null where it is not kept. */
  blobs: Pick<Blobs, 'of'> | null
}

type Conclusion = Pick<Completion, 'detail' | 'report' | 'validationPassed' | 'queueMs'> & {
  /** What `main` returned, whatever the outcome. */
  value: Json
}

/**
 * Begins an execution, which then runs from acceptance to record. After `begin`, every path writes exactly one completed
 * record. Its result rejects with a `CapacityError` when the wait was too long (recorded as `error`).
 * @throws {CapacityError} when there is no capacity now; nothing is recorded
 */
export function beginExecution(
  request: NormalizedRequest,
  context: ExecuteContext,
  charge: Charge | null,
): ConductedExecution {
  const permit = context.admission.reserve(request.context.organizationId)
  const started = startedRecord(request, {
    executionId: uuidv7(),
    executorId: context.executorId,
    startedAt: toIso(context.clock()),
  })
  return new ConductedExecution(started, (execution) =>
    conduct(request, { execution, started, permit, context, charge }).finally(() => charge?.release()),
  )
}

interface Conducted {
  started: StartedRecord
  /** Its part of budgets, which is settled with its record. */
  charge: Charge | null
}

async function conduct(
  request: NormalizedRequest,
  { execution, started, permit, context, charge }: Omit<Run, 'entry' | 'blobs'> & Conducted,
): Promise<ExecutionResult> {
  const { signal } = request
  if (signal?.aborted === true) execution.cancel()
  else signal?.addEventListener('abort', execution.cancel, { once: true })
  const redact = createRedactor(request.body.env)
  const keep = <Record extends StartedRecord | ExecutionRecord>(record: Record): Record | Promise<Record> =>
    applyContentPolicy(record, context.content, redact)
  const kept = keep(started)
  const entry = begin(request, { started, kept: kept instanceof Promise ? await kept : kept }, context)
  execution.markBegun()
  context.pricing.prepare(started)
  const blobs = context.blobs?.of(started, request.body) ?? null
  const conclusion = await runToConclusion(request, { execution, entry, permit, context, blobs })
  signal?.removeEventListener('abort', execution.cancel)
  const { traceId, spanId } = entry
  const record = completedRecord(started, {
    ...conclusion,
    detail: describe(conclusion, { request, keeps: context.content.keep, redact }),
    network: request.body.network ?? 'none',
    timestamp: toIso(context.clock()),
    traceId,
    spanId,
  })
  Object.assign(record, await context.pricing.costsOf(record))
  const recorded = await keep(record)
  await blobs?.addTo({ record, recorded, report: conclusion.report })
  entry.complete(recorded)
  charge?.settle(record)
  const result = resultOf(record, conclusion, request.warnings ?? [])
  execution.end(result, recorded)
  if (conclusion.refused !== undefined) throw conclusion.refused
  return result
}

function resultOf(
  record: ExecutionRecord,
  { report, value }: Conclusion,
  warnings: readonly string[],
): ExecutionResult {
  const { result = null, files = [] } = report?.exit ?? {}
  return { ...record, result: value, resultText: result, files, warnings }
}

/** Appends the start, which says what of the request is not kept as it was; so does `started` afterwards. */
function begin(
  { parent, context: { toolName } }: NormalizedRequest,
  { started, kept }: { started: StartedRecord; kept: StartedRecord },
  { trail }: ExecuteContext,
): TrailEntry {
  started.requestLoss = requestLoss(started, kept)
  return trail.begin({ ...kept, requestLoss: started.requestLoss }, { toolName, parent })
}

interface Description {
  request: NormalizedRequest
  /** Content that is recorded. */
  keeps: readonly string[]
  redact: (text: string) => string
}

/** stderr that is not to be kept is not to be in the message either. */
function describe({ detail, report }: Conclusion, { request, keeps, redact }: Description): OutcomeDetail {
  if (report === null || !keeps.includes('stderr')) return detail
  return addFailureLine(detail, {
    language: request.body.language,
    stderr: () => report.stderr.text(),
    redact,
  })
}

interface Run {
  execution: ConductedExecution
  entry: TrailEntry
  permit: Permit
  context: ExecuteContext
  blobs: ExecutionBlobs | null
}

/** Never rejects, so that an execution that has begun is always completed. */
async function runToConclusion(
  request: NormalizedRequest,
  run: Run,
): Promise<Conclusion & { refused?: CapacityError }> {
  const since = performance.now()
  try {
    return (await checkBeforeRun(request)) ?? (await admitAndRun(request, run))
  } catch (error) {
    const notRun = { ...NOT_RUN, queueMs: performance.now() - since }
    const message = messageOf(error)
    if (error instanceof CapacityError)
      return { ...notRun, detail: outcomeOf('error', 'runtime_unavailable', message), refused: error }
    return { ...notRun, detail: outcomeOf('error', 'runtime_error', `exectrail failed: ${message}`) }
  } finally {
    run.permit.release()
  }
}

const NOT_RUN = { report: null, validationPassed: null, queueMs: 0, value: null }

/** Checks the policy and the input's schema, which need no sandbox. */
async function checkBeforeRun({ body, input, checkInput }: NormalizedRequest): Promise<Conclusion | null> {
  const violation = await findPolicyViolation(body.code, body.language, body.policy)
  if (violation !== null) return { ...NOT_RUN, detail: outcomeOf('failure', 'policy', violation) }
  const fault = (await checkInput?.(input)) ?? null
  if (fault === null) return null
  return { ...NOT_RUN, detail: outcomeOf('failure', 'validation_input', fault), validationPassed: false }
}

async function admitAndRun(request: NormalizedRequest, run: Run): Promise<Conclusion> {
  const { execution } = run
  const { signal } = execution
  const waitingSince = performance.now()
  try {
    await run.permit.acquire(signal)
  } catch (error) {
    if (!signal.aborted) throw error
    const queueMs = performance.now() - waitingSince
    return { ...NOT_RUN, queueMs, detail: outcomeOf('cancelled', 'cancelled', 'cancelled while waiting') }
  }
  const queueMs = performance.now() - waitingSince
  execution.phase = 'starting'
  const report = await runOnRuntime(request.runtime, runtimeRequest(request, run), {
    signal,
    onOutput: request.onOutput,
    tee: (...given) => run.blobs?.tee(...given) ?? null,
    onRunning() {
      execution.phase = 'running'
    },
  })
  return { ...(await concludeRun(request, report)), queueMs }
}

function runtimeRequest(request: NormalizedRequest, run: Run): RuntimeRequest {
  const { body, context, limits, input } = request
  return {
    executionId: run.execution.started.executionId,
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

/** The outcome of a run, with the result checked against its schema. */
async function concludeRun(request: NormalizedRequest, reported: RunReport): Promise<Conclusion> {
  const result = parseResult(reported.exit.result)
  const report = result.ok ? reported : { ...reported, exit: { ...reported.exit, result: null } }
  const detail = decideOutcome(report.exit, report.termination, request.limits.timeoutMs)
  const validationPassed = request.checkInput === null ? null : true
  const value = result.ok ? result.value : null
  const conclusion: Conclusion = { detail, report, validationPassed, queueMs: 0, value }
  if (detail !== SUCCESS) return conclusion
  if (!result.ok)
    return { ...conclusion, detail: outcomeOf('failure', 'exception', `ResultError: ${result.fault}`) }
  if (request.checkOutput === null) return conclusion
  const fault = await request.checkOutput(report.exit.result ?? 'null')
  if (fault === null) return { ...conclusion, validationPassed: true }
  return { ...conclusion, detail: outcomeOf('failure', 'validation_output', fault), validationPassed: false }
}
