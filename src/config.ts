/** Reads the environment, only here. Everything else takes a `Config`. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { alertConfig, alertVariables, type AlertConfig } from './alert-config.ts'
import { blobsConfig, blobsVariables, findBlobsIssues, type BlobsConfig } from './blobs-config.ts'
import {
  count,
  flag,
  fsync,
  identifier,
  listOf,
  mebibytes,
  port,
  postgresUrl,
  rate,
} from './config-values.ts'
import { ConfigError } from './errors.ts'
import { findReceiverIssues, withoutHostsReceiver } from './otlp-variables.ts'
import { httpUrl, telemetryConfig, telemetryVariables, type TelemetryConfig } from './telemetry-config.ts'
import { registryConfig, registryVariables, type RegistryConfig } from './registry-config.ts'
import { retentionConfig, retentionVariables, type RetentionConfig } from './retention-config.ts'
import { validate } from './validation.ts'
import { CONTENT_PARTS, OPTIONAL_PARTS } from './record/record.ts'

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
  EXECTRAIL_PRICES: z.string().min(1).optional(),
  EXECTRAIL_RECORD_CONTENT: listOf(OPTIONAL_PARTS).default([...OPTIONAL_PARTS]),
  EXECTRAIL_MASK_SECRETS: listOf(CONTENT_PARTS).default([...CONTENT_PARTS]),
  EXECTRAIL_OUTBOX_MAX_MB: mebibytes.default(1024),
  EXECTRAIL_OUTBOX_MAX_DAYS: z.coerce.number('write a number of days').positive().max(36_500).default(30),
  EXECTRAIL_OUTBOX_FSYNC: fsync.default('never'),
  ...alertVariables,
  ...retentionVariables,
  ...blobsVariables,
  ...registryVariables,
  CLICKHOUSE_URL: httpUrl.optional(),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: identifier.default('exectrail'),
  CLICKHOUSE_CLUSTER: identifier.optional(),
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
  alerts: AlertConfig
  retention: RetentionConfig
  blobs: BlobsConfig
  registry: RegistryConfig
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
  /** A file or folder of prices beside the built-in ones, absolute; null for none. */
  prices: string | null
  /** Maximum size of the outbox on disk. */
  outboxMaxBytes: number
  /** Records that could not be delivered for so long are dropped. */
  outboxMaxAgeMs: number
  /** When the outbox is synced to disk, to survive a power failure. */
  outboxFsync: 'never' | 'each' | { everyMs: number }
  /** Content that is recorded, and in which of it secrets are masked. */
  content: {
    keep: readonly (typeof OPTIONAL_PARTS)[number][]
    mask: readonly (typeof CONTENT_PARTS)[number][]
    /** Characters of each, at most; null for the trail's own bounds. */
    maxLength?: number | null
  }
  clickhouse: {
    url: string | null
    user: string
    password: string
    database: string
    /** Name of the cluster in the servers' `remote_servers`; null for one server. */
    cluster: string | null
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
  const value = validVariables(env)
  const home = resolve(value.EXECTRAIL_HOME)
  return {
    ...telemetryConfig(value),
    home,
    cacheDir: join(value.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exectrail'),
    host: value.EXECTRAIL_HOST,
    allowedHosts: value.EXECTRAIL_ALLOWED_HOSTS?.split(',').map((name) => name.trim()) ?? [],
    port: value.EXECTRAIL_PORT,
    apiKey: value.EXECTRAIL_API_KEY ?? null,
    requireIsolation: value.EXECTRAIL_REQUIRE_ISOLATION,
    perOrganization: organizationLimitsOf(value),
    otelcolPath: value.EXECTRAIL_OTELCOL ?? null,
    prices: value.EXECTRAIL_PRICES === undefined ? null : resolve(value.EXECTRAIL_PRICES),
    outboxMaxBytes: value.EXECTRAIL_OUTBOX_MAX_MB * 1_048_576,
    outboxMaxAgeMs: value.EXECTRAIL_OUTBOX_MAX_DAYS * 86_400_000,
    outboxFsync: value.EXECTRAIL_OUTBOX_FSYNC,
    content: contentOf(value),
    alerts: alertConfig(value),
    retention: retentionConfig(value),
    blobs: blobsConfig(value, home),
    registry: registryConfig(value),
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

function validVariables(env: Environment): z.infer<typeof environment> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const applied = withoutHostsReceiver(present)
  const parsed = validate(environment, applied)
  const unfit = [...findReceiverIssues(applied), ...findBlobsIssues(applied)]
  const issues = [...(parsed.ok ? [] : parsed.issues), ...unfit]
  if (!parsed.ok || issues.length > 0) throw new ConfigError(issues)
  return parsed.value
}

function contentOf(value: z.infer<typeof environment>): Config['content'] {
  return {
    keep: value.EXECTRAIL_RECORD_CONTENT,
    mask: value.EXECTRAIL_MASK_SECRETS,
    maxLength: value.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? null,
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
    cluster: value.CLICKHOUSE_CLUSTER ?? null,
    callerUser: value.CLICKHOUSE_CALLER_USER ?? null,
    callerPassword: value.CLICKHOUSE_CALLER_PASSWORD,
  }
}
