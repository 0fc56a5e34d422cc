import { availableParallelism } from 'node:os'
import { v7 as uuidv7 } from 'uuid'
import { loadConfig, type Config } from '../config.ts'
import type { ExecutionRequest, ExecutionResult } from '../execution.ts'
import { createRuntimes, type Runtimes } from '../runtimes/index.ts'
import type { Readiness, Runtime } from '../runtimes/runtime.ts'
import { createTrail } from '../telemetry/create-trail.ts'
import type { Processors } from '../telemetry/fan-out.ts'
import { claimGlobals, type HostSdk } from '../telemetry/providers.ts'
import { startMetricsExport } from '../telemetry/metrics/export.ts'
import { Metrics } from '../telemetry/metrics/metrics.ts'
import { ToolCallDurations } from '../telemetry/metrics/tool-call-durations.ts'
import { findExecutors, type ExecutorLiveness } from '../telemetry/outbox/find-executors.ts'
import type { Trail } from '../telemetry/trail.ts'
import { Admission, type AdmissionOptions } from './admission.ts'
import { resolveOtlpEndpoint } from './otlp-endpoint.ts'
import { Executions, type LiveExecution, type SubmitOptions } from './executions.ts'
import type { ContentPolicy } from './redact.ts'
import { observeExecutor, type ExecutorStatus } from './executor-metrics.ts'
import { createSubmit } from './submit.ts'

export type { ExecutorStatus } from './executor-metrics.ts'

const DRAIN_MS = 5_000

export interface ExecutorOptions extends Partial<AdmissionOptions>, Processors {
  /** @default the environment's, read by `loadConfig()` */
  config?: Config
  /** Runtimes that are added to the built-in ones, or replace those of the same name. */
  runtimes?: readonly Runtime[]
  /** The trail to write to; by default one under the home's outbox. */
  trail?: Trail
  /**
   * Points the OpenTelemetry globals that the program has not set at the outbox until `close()`, so that the program's
   * own spans and log records go there too.
   * @default false
   */
  registerGlobals?: boolean | HostSdk
}

/** Runs code and leaves a trail. Made by `createExecutor`. */
export interface Executor {
  /**
   * Runs code once. Resolves for whatever the code did; the outcome is in the result.
   * @throws {InvalidRequestError} with every issue of the request at once
   * @throws {CapacityError} when the queue is full
   */
  execute(request: ExecutionRequest): Promise<ExecutionResult>
  /**
   * Begins an execution without waiting for its end. An aborted `signal` of the request cancels it.
   * @throws what `execute` throws before an execution has begun
   */
  submit(request: ExecutionRequest, options?: SubmitOptions): Promise<LiveExecution>
  /** Those in flight, and those that ended a short time ago. */
  executions: Pick<Executions, 'find' | 'list'>
  /** Executors that share this one's home, and whether they live. */
  peers(): Promise<ExecutorLiveness>
  /** Readiness of every runtime. */
  runtimes(): Promise<{ runtime: Runtime; readiness: Readiness }[]>
  status(): ExecutorStatus
  /** Its instruments, exported by OTLP; the service around it adds its own. */
  metrics: Metrics
  /** Waits until the trail is delivered or `deadlineMs` passes. */
  flush(deadlineMs: number): Promise<{ left: number }>
  /**
   * Ends running executions as `cancelled`, drains the trail and closes the runtimes. Idempotent.
   * @param deadlineMs ms to drain; by default 5000, and none where no Collector is known
   */
  close(deadlineMs?: number): Promise<{ left: number }>
}

/**
 * Creates an executor: runtimes start lazily, telemetry is on.
 * @throws {ConfigError} when the environment is not valid
 */
export async function createExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const config = options.config ?? loadConfig()
  const executorId = uuidv7()
  const metrics = new Metrics({ serviceName: config.serviceName, executorId })
  const trail = options.trail ?? (await openTrail(config, { executorId, metrics }, options))
  const runtimes = createRuntimes({ config, extra: options.runtimes ?? [] })
  const admission = new Admission({ perOrganization: config.perOrganization, ...admissionOptions(options) })
  const executor = buildExecutor({
    home: config.home,
    executorId,
    metrics,
    trail,
    runtimes,
    admission,
    content: config.content,
    drainMs: () => drainTime(config, options),
  })
  observeExecutor(metrics, () => executor.status())
  return options.trail === undefined ? exportMetrics(executor, config) : executor
}

/** Where no Collector is known, the records wait in the outbox and there is nothing to wait for here. */
async function drainTime(
  config: Config,
  { trail, spanProcessors, logRecordProcessors }: ExecutorOptions,
): Promise<number> {
  if (trail !== undefined || spanProcessors !== undefined || logRecordProcessors !== undefined)
    return DRAIN_MS
  return (await resolveOtlpEndpoint(config)) === null ? 0 : DRAIN_MS
}

/** Exports the executor's metrics over OTLP until it is closed. */
function exportMetrics(executor: Executor, config: Config): Executor {
  const { metricsEveryMs: everyMs } = config
  if (everyMs === null) return executor
  const exporting = startMetricsExport({
    everyMs,
    resolveEndpoint: () => resolveOtlpEndpoint(config),
    metrics: executor.metrics,
  })
  return {
    ...executor,
    close(deadlineMs) {
      exporting.stop()
      return executor.close(deadlineMs)
    },
  }
}

function openTrail(
  config: Config,
  { executorId, metrics }: { executorId: string; metrics: Metrics },
  { registerGlobals = false, spanProcessors, logRecordProcessors }: ExecutorOptions,
): Promise<Trail> {
  const { home, serviceName, outboxMaxBytes, outboxMaxAgeMs, outboxFsync: fsync, sdkDisabled } = config
  const hostSdk = registerGlobals === true ? { claim: claimGlobals } : registerGlobals
  if (config.otlpOmitted.includes('logs')) warnWithoutRecords()
  return createTrail({
    home,
    serviceName,
    executorId,
    outboxMaxBytes,
    outboxMaxAgeMs,
    fsync,
    durations: new ToolCallDurations(metrics.meter),
    resolveEndpoint: () => resolveOtlpEndpoint(config),
    hostSdk: sdkDisabled || hostSdk === false ? null : hostSdk,
    processors: sdkDisabled ? {} : { spanProcessors, logRecordProcessors },
  })
}

function warnWithoutRecords(): void {
  process.emitWarning('OTEL_LOGS_EXPORTER=none: records of executions are not sent, so they become no rows', {
    type: 'ExectrailWarning',
    code: 'EXECTRAIL_NO_RECORDS',
    detail: 'EXECTRAIL_OTLP_ENDPOINT names a receiver for them, whatever the variables of OpenTelemetry say.',
  })
}

function admissionOptions(options: ExecutorOptions): AdmissionOptions {
  return {
    concurrency: options.concurrency ?? Math.max(4, 2 * availableParallelism()),
    queueLimit: options.queueLimit ?? 10_000,
    queueTimeoutMs: options.queueTimeoutMs ?? 60_000,
  }
}

interface ExecutorParts {
  home: string
  metrics: Metrics
  content: ContentPolicy
  executorId: string
  trail: Trail
  runtimes: Runtimes
  admission: Admission
  /** ms to drain the trail at the end. */
  drainMs: () => Promise<number>
}

function buildExecutor(parts: ExecutorParts): Executor {
  const { home, metrics, trail, runtimes, admission, executorId, drainMs } = parts
  const executions = new Executions()
  let closed: Promise<{ left: number }> | null = null
  const submit = createSubmit({ ...parts, executions, isClosed: () => closed !== null })

  const shutDown = async (deadlineMs: number | undefined): Promise<{ left: number }> => {
    executions.cancelAll()
    await executions.settled()
    await runtimes.close()
    return trail.shutdown(deadlineMs ?? (await drainMs()))
  }
  return {
    async execute(request) {
      return (await submit(request)).result
    },
    submit,
    executions,
    peers: () => findExecutors(home),
    runtimes: singleFlight(() => runtimes.checkAll()),
    status: () => ({
      executorId,
      running: admission.running,
      waiting: admission.waiting,
      trail: trail.status(),
    }),
    metrics,
    flush: (deadlineMs) => trail.flush(deadlineMs),
    close(deadlineMs) {
      closed ??= shutDown(deadlineMs)
      return closed
    },
  }
}

/** Callers that come while a call is in flight share its result: a check starts processes. */
function singleFlight<T>(call: () => Promise<T>): () => Promise<T> {
  let inFlight: Promise<T> | null = null
  return () => {
    const forget = (): void => {
      inFlight = null
    }
    inFlight ??= call().finally(forget)
    return inFlight
  }
}
