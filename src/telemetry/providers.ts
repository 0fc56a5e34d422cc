/** Points the OpenTelemetry globals at the outbox, on request only: otherwise they belong to the host program. */
import {
  context,
  logs,
  propagation,
  trace,
  type ContextManager,
  type TextMapPropagator,
} from '@opentelemetry/api'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import { LoggerProvider, type LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { AlwaysOnSampler, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace'
import { ExectrailError } from '../errors.ts'
import { SELF_TEST } from './foreign-records.ts'
import { SCOPE } from './record/otlp-json.ts'
import { registeredApi } from './registered-api.ts'

/** What spans and log records of the host program go through. */
export interface HostPipeline {
  resource: Resource
  spanProcessors: readonly SpanProcessor[]
  logRecordProcessors: readonly LogRecordProcessor[]
  /** Test records that reached the outbox's processors. */
  probesArrived: () => number
}

/** An SDK whose spans and log records go through the outbox. */
export interface HostSdk {
  /** What it has detected, for the resource of everything in the outbox. */
  resource?: Resource
  /** Sets globals and resolves to what takes them back. */
  claim: (pipeline: HostPipeline) => Promise<() => Promise<void>>
}

const PROBE = { eventName: SELF_TEST, body: SELF_TEST }

/** A global that was set: how to try it, and how to take it back if it is still ours. */
interface Claim {
  probe?: () => void
  release: () => void
}

/**
 * Makes providers and sets each global that is not set yet: those of `@opentelemetry/api` and the old one of
 * `@opentelemetry/api-logs`, which SDK 3 no longer reads. What the host program has set stays, also at the release.
 * @throws {ExectrailError} when a record through a global that is ours does not arrive
 */
export const claimGlobals: HostSdk['claim'] = (pipeline) => {
  const { resource } = pipeline
  const tracerProvider = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [...pipeline.spanProcessors],
  })
  const loggerProvider = new LoggerProvider({ resource, processors: [...pipeline.logRecordProcessors] })
  const attempts = [
    claimTracer(tracerProvider),
    claimLogger(loggerProvider),
    claimOldLogger(loggerProvider),
    claimContext(new AsyncLocalStorageContextManager()),
    claimPropagator(new W3CTraceContextPropagator()),
  ]
  const claims = attempts.filter((claim) => claim !== null)
  const release = (): void => {
    for (const claim of claims.splice(0)) claim.release()
  }
  if (claims.length < attempts.length) warnTaken()
  const probes = [
    () => loggerProvider.getLogger(SCOPE).emit(PROBE),
    ...claims.flatMap(({ probe }) => probe ?? []),
  ]
  for (const probe of probes) probe()
  const arrived = pipeline.probesArrived()
  if (arrived === probes.length) return Promise.resolve(() => Promise.resolve(release()))
  release()
  return Promise.reject(selfTestFailed(arrived, probes.length))
}

function claimTracer(provider: TracerProvider): Claim | null {
  if (!isFree('trace') || !trace.setGlobalTracerProvider(provider)) return null
  return {
    probe: () => trace.getTracer(SCOPE).startSpan(SELF_TEST, { root: true }).end(),
    release() {
      const current = read('trace')
      const getDelegate: unknown =
        typeof current === 'object' && current !== null && Reflect.get(current, 'getDelegate')
      if (typeof getDelegate === 'function' && Reflect.apply(getDelegate, current, []) === provider)
        trace.disable()
    },
  }
}

function claimLogger(provider: LoggerProvider): Claim | null {
  if (!isFree('logs') || !logs.setGlobalLoggerProvider(provider)) return null
  return {
    probe: () => logs.getLogger(SCOPE).emit(PROBE),
    release() {
      if (read('logs') === provider) logs.disable()
    },
  }
}

/** Leads the old global to whatever provider the new one has, the host program's or ours. */
function claimOldLogger(ours: LoggerProvider): Claim | null {
  const bridge: Parameters<typeof oldLogs.setGlobalLoggerProvider>[0] = {
    getLogger: (name, version, options) => logs.getLogger(name, version, options),
  }
  if (isFree('logs') || oldLogs.setGlobalLoggerProvider(bridge) !== bridge) return null
  const release = (): void => {
    if (oldLogs.getLoggerProvider() === bridge) oldLogs.disable()
  }
  if (read('logs') !== ours) return { release }
  return { probe: () => oldLogs.getLogger(SCOPE).emit(PROBE), release }
}

function claimContext(manager: ContextManager): Claim | null {
  if (!isFree('context') || !context.setGlobalContextManager(manager.enable())) return null
  return {
    release() {
      if (read('context') === manager) context.disable()
    },
  }
}

function claimPropagator(propagator: TextMapPropagator): Claim | null {
  if (!isFree('propagation') || !propagation.setGlobalPropagator(propagator)) return null
  return {
    release() {
      if (read('propagation') === propagator) propagation.disable()
    },
  }
}

type GlobalName = 'trace' | 'logs' | 'context' | 'propagation'

function read(name: GlobalName): unknown {
  const api = registeredApi()
  return api === null ? undefined : Reflect.get(api, name)
}

/** Asked first: the API reports a second registration as an error. */
function isFree(name: GlobalName): boolean {
  return read(name) === undefined
}

function warnTaken(): void {
  process.emitWarning(
    'registerGlobals: this program has set OpenTelemetry globals already, and they stay as they are',
    {
      type: 'ExectrailWarning',
      code: 'EXECTRAIL_GLOBALS_TAKEN',
      detail:
        'Leave registerGlobals out and give createExecutor() `spanProcessors` and `logRecordProcessors` instead.',
    },
  )
}

function selfTestFailed(arrived: number, wanted: number): ExectrailError {
  return new ExectrailError(
    'invalid_config',
    `telemetry does not work: ${arrived} of ${wanted} test records reached the outbox`,
    {
      hint: 'Two versions of the OpenTelemetry packages are installed beside each other: `npm ls @opentelemetry/api` shows them.',
    },
  )
}
