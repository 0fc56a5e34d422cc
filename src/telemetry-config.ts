/** Where telemetry goes and what it is called, from OpenTelemetry's variables and exectrail's own. */
import { z } from 'zod'
import { pairs } from './otlp-variables.ts'

export const httpUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'write a URL such as http://127.0.0.1:8123',
  )
  .transform((text) => text.replace(/\/+$/, ''))

export const telemetryVariables = {
  EXECTRAIL_OTLP_ENDPOINT: httpUrl.optional(),
  EXECTRAIL_OTLP_HEADERS: pairs().default({}),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: z.string().optional(),
  OTEL_LOGS_EXPORTER: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_METRICS_EXPORTER: z.string().optional(),
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number('write ms').int().min(100).max(86_400_000).default(60_000),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_LOG_LEVEL: z.string().optional(),
  OTEL_PROPAGATORS: z.string().default('tracecontext,baggage'),
  OTEL_RESOURCE_ATTRIBUTES: pairs().default({}),
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'], 'write true or false'))
    .default('false'),
}

/** Encoding of OTLP over HTTP. */
type OtlpEncoding = 'json' | 'protobuf'

/** Part of `Config`. */
export interface TelemetryConfig {
  otlpEndpoint: string | null
  /** Complete URLs of signals with their own endpoint. */
  otlpSignals: { logs: string | null; spans: string | null; metrics: string | null }
  /** Headers of exectrail's own, for every receiver. */
  otlpHeaders: Readonly<Record<string, string>>
  /**
   * Whether the `OTEL_EXPORTER_OTLP_*` settings are those of `otlpEndpoint`. They belong neither to exectrail's own receiver
   * nor to the Collector of a stack, which serves where no endpoint is set.
   */
  otlpSettings: 'otel' | 'own'
  /** Encoding for receivers that OpenTelemetry's variables name. */
  otlpProtocols: Readonly<Record<'logs' | 'spans' | 'metrics', OtlpEncoding>>
  /** Signals that are not sent. */
  otlpOmitted: readonly ('logs' | 'spans')[]
  /** `OTEL_SDK_DISABLED`: no telemetry but the trail. */
  sdkDisabled: boolean
  /** `OTEL_LOG_LEVEL`, as it is written. */
  logLevel: string | null
  /** Names in `OTEL_PROPAGATORS`. */
  propagators: readonly string[]
  serviceName: string
  /** Export interval of exectrail's own metrics, ms; null disables the export. */
  metricsEveryMs: number | null
}

type Values = z.infer<z.ZodObject<typeof telemetryVariables>>

export function telemetryConfig(value: Values): TelemetryConfig {
  const own = value.EXECTRAIL_OTLP_ENDPOINT ?? null
  const shared = value.OTEL_EXPORTER_OTLP_ENDPOINT ?? null
  const sdkDisabled = value.OTEL_SDK_DISABLED === 'true'
  const isSilent = sdkDisabled || value.OTEL_METRICS_EXPORTER === 'none'
  const attributedName = value.OTEL_RESOURCE_ATTRIBUTES['service.name'] ?? ''
  return {
    otlpEndpoint: own ?? shared,
    otlpSignals: {
      logs: value.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT ?? null,
      spans: value.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? null,
      metrics: value.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? null,
    },
    otlpHeaders: value.EXECTRAIL_OTLP_HEADERS,
    otlpSettings: own === null && shared !== null ? 'otel' : 'own',
    otlpProtocols: {
      logs: encodingOf(value.OTEL_EXPORTER_OTLP_LOGS_PROTOCOL ?? value.OTEL_EXPORTER_OTLP_PROTOCOL),
      spans: encodingOf(value.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? value.OTEL_EXPORTER_OTLP_PROTOCOL),
      metrics: encodingOf(value.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? value.OTEL_EXPORTER_OTLP_PROTOCOL),
    },
    otlpOmitted: omittedOf(value),
    sdkDisabled,
    logLevel: value.OTEL_LOG_LEVEL ?? null,
    propagators: value.OTEL_PROPAGATORS.split(',').map((name) => name.trim()),
    serviceName: value.OTEL_SERVICE_NAME ?? (attributedName === '' ? 'exectrail' : attributedName),
    metricsEveryMs: isSilent ? null : value.OTEL_METRIC_EXPORT_INTERVAL,
  }
}

/** JSON unless protobuf is asked for: the outbox holds JSON, so it costs nothing more. */
function encodingOf(protocol: string | undefined): OtlpEncoding {
  return protocol === 'http/protobuf' ? 'protobuf' : 'json'
}

/** `none` concerns the receiver that OpenTelemetry's variables name; without one there is nothing it could silence. */
function omittedOf(value: Values): TelemetryConfig['otlpOmitted'] {
  const all = value.OTEL_EXPORTER_OTLP_ENDPOINT
  const signals = [
    ['logs', value.OTEL_LOGS_EXPORTER, value.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT ?? all],
    ['spans', value.OTEL_TRACES_EXPORTER, value.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? all],
  ] as const
  return signals.flatMap(([signal, exporter, endpoint]) =>
    exporter === 'none' && endpoint !== undefined ? signal : [],
  )
}
