/** Reads the environment, only here. Everything else takes a `Config`. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './errors.ts'
import { validate } from './validation.ts'
import { CONTENT, OPTIONAL_CONTENT } from './record/record.ts'

const httpUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'write a URL such as http://127.0.0.1:8123',
  )
  .transform((text) => text.replace(/\/+$/, ''))
const flag = z
  .enum(['0', '1', 'true', 'false', ''], 'write 1 or 0')
  .transform((text) => text === '1' || text === 'true')
const port = z.coerce.number('write a port from 0 to 65535').int().min(0).max(65_535)
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write letters, digits and _ only')
const mebibytes = z.coerce.number('write a number of MiB').int().min(16).max(1_048_576)

const listOf = <Name extends string>(names: readonly Name[]) =>
  z
    .string()
    .transform((text) => (text === 'none' ? [] : text.split(',').map((name) => name.trim())))
    .pipe(z.array(z.enum(names, `write 'none' or some of ${names.join(',')}`)))

/** 'never', 'each' or an interval in ms. */
const fsync = z
  .union(
    [z.enum(['never', 'each']), z.coerce.number().int().min(1).max(60_000)],
    "write 'never', 'each' or ms",
  )
  .transform((value) => (typeof value === 'number' ? { everyMs: value } : value))

const environment = z.object({
  EXECTRAIL_HOME: z.string().min(1).default('.exectrail'),
  EXECTRAIL_PORT: port.default(7070),
  EXECTRAIL_HOST: z.string().min(1).default('127.0.0.1'),
  EXECTRAIL_API_KEY: z.string().min(16, 'write a key of at least 16 characters').optional(),
  EXECTRAIL_REQUIRE_ISOLATION: flag.default(false),
  EXECTRAIL_OTELCOL: z.string().min(1).optional(),
  EXECTRAIL_RECORD_CONTENT: listOf(OPTIONAL_CONTENT).default(OPTIONAL_CONTENT),
  EXECTRAIL_MASK_SECRETS: listOf(CONTENT).default(CONTENT),
  EXECTRAIL_OUTBOX_MAX_MB: mebibytes.default(1024),
  EXECTRAIL_OUTBOX_MAX_DAYS: z.coerce.number('write a number of days').positive().max(36_500).default(30),
  EXECTRAIL_OUTBOX_FSYNC: fsync.default('never'),
  CLICKHOUSE_URL: httpUrl.optional(),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: identifier.default('exectrail'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: httpUrl.optional(),
  OTEL_METRICS_EXPORTER: z.string().optional(),
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number('write ms').int().min(100).max(86_400_000).default(60_000),
  OTEL_SERVICE_NAME: z.string().min(1).default('exectrail'),
  SIGNOZ_OTLP_ENDPOINT: httpUrl.optional(),
  SIGNOZ_INGESTION_KEY: z.string().min(1).optional(),
  SIGNOZ_URL: httpUrl.optional(),
  BACALHAU_API_URL: httpUrl.optional(),
  E2B_API_KEY: z.string().min(1).optional(),
  XDG_CACHE_HOME: z.string().min(1).optional(),
  CI: z.string().optional(),
  TRACEPARENT: z.string().optional(),
  TRACESTATE: z.string().optional(),
})

/** The configuration with its defaults. URLs have no trailing slash; null means not set. */
export interface Config {
  /** Directory of all data of this installation, absolute. */
  home: string
  /** Directory of downloads and builds shared by all installations of this user, absolute. */
  cacheDir: string
  host: string
  /** Port of the service; 0 asks for free ports throughout. */
  port: number
  apiKey: string | null
  requireIsolation: boolean
  otelcolPath: string | null
  /** Maximum size of the outbox on disk. */
  outboxMaxBytes: number
  /** Records that could not be delivered for so long are dropped. */
  outboxMaxAgeMs: number
  /** When the outbox is synced to disk, to survive a power failure. */
  outboxFsync: 'never' | 'each' | { everyMs: number }
  /** Content that is recorded, and in which of it secrets are masked. */
  content: { keep: typeof OPTIONAL_CONTENT; mask: typeof CONTENT }
  clickhouse: { url: string | null; user: string; password: string; database: string }
  otlpEndpoint: string | null
  /** Complete URLs of signals with their own endpoint. */
  otlpSignals: { logs: string | null; spans: string | null; metrics: string | null }
  serviceName: string
  /** Export interval of exectrail's own metrics, ms; null disables the export. */
  metricsEveryMs: number | null
  signoz: { otlpEndpoint: string | null; ingestionKey: string | null; url: string | null }
  bacalhauApiUrl: string | null
  e2bApiKey: string | null
  /** W3C Trace Context of the process that started this one, parent of what the command line runs. */
  callerTrace: { traceparent: string; tracestate: string | undefined } | null
  /** True on CI: no spinners, no colours. */
  ci: boolean
  /** PATH to search for interpreters and tools. */
  path: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration. Empty variables count as unset.
 * @throws {ConfigError} naming every bad variable at once, with what to write instead.
 */
export function loadConfig(env: Environment = process.env): Config {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = validate(environment, present)
  if (!parsed.ok) throw new ConfigError(parsed.issues)
  const { value } = parsed
  return {
    home: resolve(value.EXECTRAIL_HOME),
    cacheDir: join(value.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exectrail'),
    host: value.EXECTRAIL_HOST,
    port: value.EXECTRAIL_PORT,
    apiKey: value.EXECTRAIL_API_KEY ?? null,
    requireIsolation: value.EXECTRAIL_REQUIRE_ISOLATION,
    otelcolPath: value.EXECTRAIL_OTELCOL ?? null,
    outboxMaxBytes: value.EXECTRAIL_OUTBOX_MAX_MB * 1_048_576,
    outboxMaxAgeMs: value.EXECTRAIL_OUTBOX_MAX_DAYS * 86_400_000,
    outboxFsync: value.EXECTRAIL_OUTBOX_FSYNC,
    content: { keep: value.EXECTRAIL_RECORD_CONTENT, mask: value.EXECTRAIL_MASK_SECRETS },
    clickhouse: {
      url: value.CLICKHOUSE_URL ?? null,
      user: value.CLICKHOUSE_USER,
      password: value.CLICKHOUSE_PASSWORD,
      database: value.CLICKHOUSE_DATABASE,
    },
    otlpEndpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    otlpSignals: signalsOf(value),
    serviceName: value.OTEL_SERVICE_NAME,
    metricsEveryMs: value.OTEL_METRICS_EXPORTER === 'none' ? null : value.OTEL_METRIC_EXPORT_INTERVAL,
    signoz: signozOf(value),
    bacalhauApiUrl: value.BACALHAU_API_URL ?? null,
    e2bApiKey: value.E2B_API_KEY ?? null,
    callerTrace: callerTraceOf(value),
    ci: value.CI !== undefined,
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  }
}

function signozOf(value: z.infer<typeof environment>): Config['signoz'] {
  return {
    otlpEndpoint: value.SIGNOZ_OTLP_ENDPOINT ?? null,
    ingestionKey: value.SIGNOZ_INGESTION_KEY ?? null,
    url: value.SIGNOZ_URL ?? null,
  }
}

function callerTraceOf({ TRACEPARENT, TRACESTATE }: z.infer<typeof environment>): Config['callerTrace'] {
  return TRACEPARENT === undefined ? null : { traceparent: TRACEPARENT, tracestate: TRACESTATE }
}

function signalsOf(value: z.infer<typeof environment>): Config['otlpSignals'] {
  return {
    logs: value.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT ?? null,
    spans: value.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? null,
    metrics: value.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? null,
  }
}
