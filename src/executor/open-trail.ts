/** The trail of an executor, as the environment configures it. */
import type { Config } from '../config.ts'
import { createTrail } from '../telemetry/create-trail.ts'
import type { Processors } from '../telemetry/fan-out.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { ToolCallDurations } from '../telemetry/metrics/tool-call-durations.ts'
import { claimGlobals, type HostSdk } from '../telemetry/providers.ts'
import type { Trail } from '../telemetry/trail.ts'
import { resolveOtlpEndpoint } from './otlp-endpoint.ts'

/** @throws {ExectrailError} when the self-test fails */
export function openTrail(
  config: Config,
  { executorId, metrics }: { executorId: string; metrics: Metrics },
  {
    registerGlobals = false,
    spanProcessors,
    logRecordProcessors,
  }: Processors & { registerGlobals?: boolean | HostSdk },
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
