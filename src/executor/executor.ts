import { availableParallelism } from 'node:os'
import { v7 as uuidv7 } from 'uuid'
import { loadConfig, type Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import type { ExecutionRequest, ExecutionResult, RuntimeName } from '../execution.ts'
import { createRuntimes, type Runtimes } from '../runtimes/index.ts'
import type { Readiness, Runtime } from '../runtimes/runtime.ts'
import type { MetricFamily } from '../telemetry/metric-family.ts'
import { startOwnMetrics } from '../telemetry/own-metrics.ts'
import { createTrail } from '../telemetry/create-trail.ts'
import { ToolCallDurations } from '../telemetry/tool-call-durations.ts'
import type { Trail, TrailStatus } from '../telemetry/trail.ts'
import { Admission, type AdmissionOptions } from './admission.ts'
import { createClock } from './clock.ts'
import { resolveOtlpEndpoint } from './collector-endpoint.ts'
import { executeSettled } from './execute.ts'
import { Idempotency } from './idempotency.ts'
import type { ContentPolicy } from './redact.ts'
import { settleRequest } from './settle.ts'
import { executorMetrics } from './status-metrics.ts'

const DRAIN_MS = 5_000

export interface ExecutorOptions extends Partial<AdmissionOptions> {
  /** @default the environment's, read by `loadConfig()` */
  config?: Config
  /** Runtimes beside or in place of the built-in ones, by their name. */
  runtimes?: readonly Runtime[]
  /** The trail to write to; by default one under the home's outbox. */
  trail?: Trail
  /** Told by OTLP beside the executor's own metrics. */
  metrics?: () => Promise<readonly MetricFamily[]>
}

/** State of the executor, for `/metrics`, `/readyz` and `doctor`. */
export interface ExecutorStatus {
  executorId: string
  running: number
  waiting: number
  trail: TrailStatus
}

/** Runs code and leaves a trail. Made by `createExecutor`. */
export interface Executor {
  /**
   * Runs code once. Resolves for whatever the code did; the outcome is in the result.
   * @throws {InvalidRequestError} with every issue of the request at once
   * @throws {CapacityError} when too much waits already
   */
  execute(request: ExecutionRequest): Promise<ExecutionResult>
  /** Readiness of every runtime. */
  runtimes(): Promise<{ runtime: Runtime; readiness: Readiness }[]>
  status(): ExecutorStatus
  /** Waits until the trail is delivered or `deadlineMs` passes. */
  flush(deadlineMs: number): Promise<{ left: number }>
  /** Ends what runs as `cancelled`, drains the trail and closes the runtimes. Idempotent. */
  close(deadlineMs?: number): Promise<{ left: number }>
}

/**
 * Creates an executor: runtimes start lazily, telemetry is on.
 * @throws {ConfigError} when the environment is not valid
 */
export async function createExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const config = options.config ?? loadConfig()
  const executorId = uuidv7()
  const durations = new ToolCallDurations()
  const trail = options.trail ?? (await openTrail(config, executorId, durations))
  const runtimes = createRuntimes({ config, extra: options.runtimes ?? [] })
  const admission = new Admission(settleAdmission(options))
  const executor = assemble({ executorId, trail, runtimes, admission, content: config.content })
  return options.trail === undefined ? exportMetrics(executor, config, { ...options, durations }) : executor
}

/** The executor, exporting its own metrics by OTLP until it is closed. */
function exportMetrics(
  executor: Executor,
  config: Config,
  { metrics, durations }: Pick<ExecutorOptions, 'metrics'> & { durations: ToolCallDurations },
): Executor {
  const { serviceName, metricsEveryMs: everyMs } = config
  if (everyMs === null) return executor
  const exporting = startOwnMetrics({
    serviceName,
    executorId: executor.status().executorId,
    everyMs,
    resolveEndpoint: () => resolveOtlpEndpoint(config),
    read: async () => [...executorMetrics(executor.status()), ...((await metrics?.()) ?? [])],
    collect: () => durations.collect(),
  })
  return {
    ...executor,
    close(deadlineMs) {
      exporting.stop()
      return executor.close(deadlineMs)
    },
  }
}

function openTrail(config: Config, executorId: string, durations: ToolCallDurations): Promise<Trail> {
  const { home, serviceName, outboxMaxBytes, outboxMaxAgeMs, outboxFsync: fsync } = config
  return createTrail({
    home,
    serviceName,
    executorId,
    outboxMaxBytes,
    outboxMaxAgeMs,
    fsync,
    durations,
    resolveEndpoint: () => resolveOtlpEndpoint(config),
  })
}

function settleAdmission(options: ExecutorOptions): AdmissionOptions {
  return {
    concurrency: options.concurrency ?? Math.max(4, 2 * availableParallelism()),
    queueLimit: options.queueLimit ?? 10_000,
    queueTimeoutMs: options.queueTimeoutMs ?? 60_000,
  }
}

interface Parts {
  content: ContentPolicy
  executorId: string
  trail: Trail
  runtimes: Runtimes
  admission: Admission
}

function assemble(parts: Parts): Executor {
  const { trail, runtimes, admission, executorId } = parts
  const closing = new AbortController()
  const inFlight = new Set<Promise<ExecutionResult>>()
  const begin = createBegin(parts, closing.signal, inFlight)
  let closed: Promise<{ left: number }> | null = null

  const shutDown = async (deadlineMs: number): Promise<{ left: number }> => {
    closing.abort()
    await Promise.allSettled(inFlight)
    await runtimes.close()
    return trail.shutdown(deadlineMs)
  }
  return {
    async execute(request) {
      if (closed !== null) throw closedError()
      return begin(request)
    },
    runtimes: shareUnderWay(() => runtimes.checkAll()),
    status: () => ({
      executorId,
      running: admission.running,
      waiting: admission.waiting,
      trail: trail.status(),
    }),
    flush: (deadlineMs) => trail.flush(deadlineMs),
    close(deadlineMs = DRAIN_MS) {
      closed ??= shutDown(deadlineMs)
      return closed
    },
  }
}

function createBegin(parts: Parts, closing: AbortSignal, inFlight: Set<Promise<ExecutionResult>>) {
  const { runtimes, ...rest } = parts
  const idempotency = new Idempotency()
  const context = { ...rest, clock: createClock(), closing }
  return async (request: ExecutionRequest): Promise<ExecutionResult> => {
    const given = settleRequest(request, (name: RuntimeName) => runtimes.find(name))
    const whole = given instanceof Promise ? await given : given
    if (closing.aborted) throw closedError()
    return idempotency.once(whole, (settled) => {
      const work = executeSettled(settled, context)
      inFlight.add(work)
      const forget = (): boolean => inFlight.delete(work)
      work.then(forget, forget)
      return work
    })
  }
}

/** Who asks while an answer is on its way gets that one: a check starts processes. */
function shareUnderWay<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null
  return () => {
    const forget = (): void => {
      underWay = null
    }
    underWay ??= ask().finally(forget)
    return underWay
  }
}

function closedError(): ExectrailError {
  return new ExectrailError('conflict', 'the executor is closed', { hint: 'Create another executor.' })
}
