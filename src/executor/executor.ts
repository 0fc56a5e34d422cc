import { availableParallelism } from 'node:os'
import { v7 as uuidv7 } from 'uuid'
import { loadConfig, type Config } from '../config.ts'
import { loadPriceBook, type PriceBook } from '../cost/price-book.ts'
import { createPricing, type Pricing } from '../cost/pricing.ts'
import type { AgentExecutionRequest, ExecutionRequest, ExecutionResult } from '../execution.ts'
import { createRuntimes, type Runtimes } from '../runtimes/index.ts'
import type { Readiness, Runtime } from '../runtimes/runtime.ts'
import type { Processors } from '../telemetry/fan-out.ts'
import type { HostSdk } from '../telemetry/providers.ts'
import { startMetricsExport } from '../telemetry/metrics/export.ts'
import { Metrics } from '../telemetry/metrics/metrics.ts'
import { findExecutors, type ExecutorLiveness } from '../telemetry/outbox/find-executors.ts'
import type { Trail } from '../telemetry/trail.ts'
import { Admission, type AdmissionOptions } from './admission.ts'
import { createAgentSource, type AgentSource } from '../agents/source.ts'
import { BudgetGate } from '../budgets/gate.ts'
import { findSource, type BudgetSource } from '../budgets/source.ts'
import { openBlobs, type Blobs } from './blobs/open-blobs.ts'
import { openTrail } from './open-trail.ts'
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
  /** @internal Where budgets and references to blobs are; by default in DATABASE_URL, or in the stack that runs in the home. */
  budgets?: BudgetSource
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
   * @throws {ExectrailError} `budget_exceeded` when a budget that refuses is spent; for an agent `not_found`, `conflict` when
   *   it is yanked, `metadata_unavailable` without a registry
   */
  execute(request: ExecutionRequest | AgentExecutionRequest): Promise<ExecutionResult>
  /**
   * Begins an execution without waiting for its end. An aborted `signal` of the request cancels it.
   * @throws what `execute` throws before an execution has begun
   */
  submit(request: ExecutionRequest | AgentExecutionRequest, options?: SubmitOptions): Promise<LiveExecution>
  /** Those in flight, and those that ended a short time ago. */
  executions: Pick<Executions, 'find' | 'list'>
  /** Executors that share this one's home, and whether they live. */
  peers(): Promise<ExecutorLiveness>
  /** Readiness of every runtime. */
  runtimes(): Promise<{ runtime: Runtime; readiness: Readiness }[]>
  status(): ExecutorStatus
  /** What executions are priced with. */
  prices: PriceBook
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
 * @throws {ConfigError} when the environment or a file of prices is not valid
 */
export async function createExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const config = options.config ?? loadConfig()
  const pricing = createPricing(await loadPriceBook(config.prices))
  const executorId = uuidv7()
  const metrics = new Metrics({ serviceName: config.serviceName, executorId })
  const trail = options.trail ?? (await openTrail(config, { executorId, metrics }, options))
  const runtimes = createRuntimes({ config, extra: options.runtimes ?? [] })
  const source = options.budgets ?? (await findSource(config))
  const admission = new Admission({ perOrganization: config.perOrganization, ...admissionOptions(options) })
  const executor = buildExecutor({
    home: config.home,
    executorId,
    metrics,
    trail,
    runtimes,
    admission,
    pricing,
    budgets: openBudgets(source, { executorId, pricing }),
    agents: createAgentSource({
      database: () => source.database(),
      signatures: config.registry.requireSigned ? 'required' : 'optional',
    }),
    blobs:
      options.trail === undefined
        ? openBlobs(config, { executorId, database: () => source.database() })
        : null,
    content: config.content,
    drainMs: () => drainTime(config, options),
  })
  observeExecutor(metrics, () => executor.status())
  return options.trail === undefined ? exportMetrics(executor, config) : executor
}

function openBudgets(
  source: BudgetSource,
  { executorId, pricing }: { executorId: string; pricing: Pricing },
): BudgetGate {
  return new BudgetGate({
    source,
    executorId,
    pricing,
    now: () => Date.now(),
    warn: (line, code) => process.emitWarning(line, { type: 'ExectrailWarning', code }),
  })
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
  pricing: Pricing
  budgets: BudgetGate
  agents: AgentSource
  blobs: Blobs | null
  content: ContentPolicy
  executorId: string
  trail: Trail
  runtimes: Runtimes
  admission: Admission
  /** ms to drain the trail at the end. */
  drainMs: () => Promise<number>
}

function buildExecutor(parts: ExecutorParts): Executor {
  const { home, metrics, trail, runtimes, admission, executorId, drainMs, blobs } = parts
  const executions = new Executions()
  let closed: Promise<{ left: number }> | null = null
  const submit = createSubmit({ ...parts, executions, isClosed: () => closed !== null })

  const shutDown = async (deadlineMs: number | undefined): Promise<{ left: number }> => {
    executions.cancelAll()
    await executions.settled()
    const drain = deadlineMs ?? (await drainMs())
    await Promise.all([runtimes.close(), blobs?.flush(drain)])
    await blobs?.close()
    // Blobs are in the same database.
    await parts.budgets.close()
    return trail.shutdown(drain)
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
      blobs: blobs?.status() ?? null,
    }),
    prices: parts.pricing.book,
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
