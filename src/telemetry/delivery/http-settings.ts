/** Settings of the OTLP/HTTP requests of one signal. */
import {
  convertLegacyHttpOptions,
  httpAgentFactoryFromOptions,
} from '@opentelemetry/otlp-exporter-base/node-http'
import type { Endpoint, Signal } from './otlp-client.ts'

/** URL, headers, compression, TLS, time-out. */
export type HttpSettings = ReturnType<typeof convertLegacyHttpOptions> & { encoding: 'json' | 'protobuf' }

const PATHS = { logs: 'v1/logs', spans: 'v1/traces', metrics: 'v1/metrics' } as const
const VARIABLES = { logs: 'LOGS', spans: 'TRACES', metrics: 'METRICS' } as const
const TYPES = {
  json: { 'Content-Type': 'application/json' },
  protobuf: { 'Content-Type': 'application/x-protobuf' },
} as const
const TIMEOUT_MS = 10_000
const CONCURRENCY = 30

/** `OTEL_EXPORTER_OTLP_*` settings apply only to a receiver that those variables name: others must not get its headers. */
export function httpSettings(endpoint: Endpoint, signal: Signal | 'metrics'): HttpSettings {
  const named = endpoint.signals?.[signal] ?? null
  const url = named ?? `${endpoint.url.replace(/\/$/u, '')}/${PATHS[signal]}`
  if (named !== null || endpoint.settings !== 'own') {
    const encoding = endpoint.protocols?.[signal] ?? 'json'
    const given = { url, headers: { ...endpoint.headers } }
    return {
      ...convertLegacyHttpOptions(given, VARIABLES[signal], PATHS[signal], TYPES[encoding]),
      encoding,
    }
  }
  return {
    url,
    encoding: 'json',
    headers: () => Promise.resolve({ ...endpoint.headers, ...TYPES.json }),
    timeoutMillis: TIMEOUT_MS,
    compression: 'none',
    concurrencyLimit: CONCURRENCY,
    agentFactory: httpAgentFactoryFromOptions({ keepAlive: true }),
  }
}
