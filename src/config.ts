/** Reads the environment, only here. Everything else takes a `Config`. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './errors.ts'
import { findReceiverIssues, withoutHostsReceiver } from './otlp-variables.ts'
import { httpUrl, telemetryConfig, telemetryVariables, type TelemetryConfig } from './telemetry-config.ts'
import { validate } from './validation.ts'
import { CONTENT, OPTIONAL_CONTENT } from './record/record.ts'

const flag = z
  .enum(['0', '1', 'true', 'false', ''], 'write 1 or 0')
  .transform((text) => text === '1' || text === 'true')
const port = z.coerce.number('write a port from 0 to 65535').int().min(0).max(65_535)
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write letters, digits and _ only')
const mebibytes = z.coerce.number('write a number of MiB').int().min(16).max(1_048_576)

const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(?:ql)?:\/\/\S+$/u.test(text) && URL.canParse(text.replace('@/', '@localhost/')),
    'write a URL such as postgresql://user:password@host:5432/database',
  )

const count = z.coerce.number('write a whole number').int('write a whole number').min(1).max(1_000_000)

const PERIODS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }
/** Such as 10/s or 600/m. */
const rate = z
  .string()
  .regex(/^[1-9]\d{0,6}\/[smh]$/u, 'write a count and a period, such as 10/s, 600/m or 5000/h')
  .transform((text) => {
    const [number = '', period = ''] = text.split('/')
    return { count: Number(number), perMs: PERIODS_MS[period] ?? 1_000 }
  })

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
  EXECTRAIL_ALLOWED_HOSTS: z
    .string()
    .regex(/^[\w.:[\]-]+(?:\s*,\s*[\w.:[\]-]+)*$/u, 'write names separated by commas, without ports')
    .optional(),
  EXECTRAIL_API_KEY: z.string().min(16, 'write a key of at least 16 characters').optional(),
  EXECTRAIL_REQUIRE_ISOLATION: flag.default(false),
  EXECTRAIL_ORG_CONCURRENCY: count.optional(),
  EXECTRAIL_ORG_QUEUE: count.optional(),
  EXECTRAIL_ORG_RATE: rate.optional(),
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
  CLICKHOUSE_CALLER_USER: z.string().optional(),
  CLICKHOUSE_CALLER_PASSWORD: z.string().default(''),
  DATABASE_URL: postgresUrl.optional(),
  ...telemetryVariables,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: z.coerce.number('write a number of characters').int().min(0).optional(),
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
export interface Config extends TelemetryConfig {
  /** Directory of all data of this installation, absolute. */
  home: string
  /** Directory of downloads and builds shared by all installations of this user, absolute. */
  cacheDir: string
  host: string
  /** Names by which the service may be called besides its address. */
  allowedHosts: readonly string[]
  /** Port of the service; 0 asks for free ports throughout. */
  port: number
  apiKey: string | null
  requireIsolation: boolean
  otelcolPath: string | null
  /** Bounds on the executions of each organization; null for none. */
  perOrganization: {
    concurrency: number | null
    queueLimit: number | null
    rate: { count: number; perMs: number } | null
  }
  /** Maximum size of the outbox on disk. */
  outboxMaxBytes: number
  /** Records that could not be delivered for so long are dropped. */
  outboxMaxAgeMs: number
  /** When the outbox is synced to disk, to survive a power failure. */
  outboxFsync: 'never' | 'each' | { everyMs: number }
  /** Content that is recorded, and in which of it secrets are masked. */
  content: {
    keep: typeof OPTIONAL_CONTENT
    mask: typeof CONTENT
    /** Characters of each, at most; null for the trail's own bounds. */
    maxLength?: number | null
  }
  clickhouse: {
    url: string | null
    user: string
    password: string
    database: string
    /** User for the SQL of bound keys; null for none. */
    callerUser: string | null
    callerPassword: string
  }
  /** The Postgres of the metadata; null for the embedded one. */
  databaseUrl: string | null
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
  const applied = withoutHostsReceiver(present)
  const parsed = validate(environment, applied)
  const issues = [...(parsed.ok ? [] : parsed.issues), ...findReceiverIssues(applied)]
  if (!parsed.ok || issues.length > 0) throw new ConfigError(issues)
  const { value } = parsed
  return {
    ...telemetryConfig(value),
    home: resolve(value.EXECTRAIL_HOME),
    cacheDir: join(value.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exectrail'),
    host: value.EXECTRAIL_HOST,
    allowedHosts: value.EXECTRAIL_ALLOWED_HOSTS?.split(',').map((name) => name.trim()) ?? [],
    port: value.EXECTRAIL_PORT,
    apiKey: value.EXECTRAIL_API_KEY ?? null,
    requireIsolation: value.EXECTRAIL_REQUIRE_ISOLATION,
    perOrganization: organizationLimitsOf(value),
    otelcolPath: value.EXECTRAIL_OTELCOL ?? null,
    outboxMaxBytes: value.EXECTRAIL_OUTBOX_MAX_MB * 1_048_576,
    outboxMaxAgeMs: value.EXECTRAIL_OUTBOX_MAX_DAYS * 86_400_000,
    outboxFsync: value.EXECTRAIL_OUTBOX_FSYNC,
    content: {
      keep: value.EXECTRAIL_RECORD_CONTENT,
      mask: value.EXECTRAIL_MASK_SECRETS,
      maxLength: value.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? null,
    },
    clickhouse: clickhouseOf(value),
    databaseUrl: value.DATABASE_URL ?? null,
    signoz: signozOf(value),
    bacalhauApiUrl: value.BACALHAU_API_URL ?? null,
    e2bApiKey: value.E2B_API_KEY ?? null,
    callerTrace: callerTraceOf(value),
    ci: value.CI !== undefined,
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  }
}

function organizationLimitsOf(value: z.infer<typeof environment>): Config['perOrganization'] {
  return {
    concurrency: value.EXECTRAIL_ORG_CONCURRENCY ?? null,
    queueLimit: value.EXECTRAIL_ORG_QUEUE ?? null,
    rate: value.EXECTRAIL_ORG_RATE ?? null,
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

function clickhouseOf(value: z.infer<typeof environment>): Config['clickhouse'] {
  return {
    url: value.CLICKHOUSE_URL ?? null,
    user: value.CLICKHOUSE_USER,
    password: value.CLICKHOUSE_PASSWORD,
    database: value.CLICKHOUSE_DATABASE,
    callerUser: value.CLICKHOUSE_CALLER_USER ?? null,
    callerPassword: value.CLICKHOUSE_CALLER_PASSWORD,
  }
}
