/** Settings of the OTLP/HTTP requests of one signal. */
import {
  convertLegacyHttpOptions,
  httpAgentFactoryFromOptions,
} from '@opentelemetry/otlp-exporter-base/node-http'
import type { Endpoint, Signal } from './otlp-client.ts'

/** URL, headers, compression, TLS, time-out. */
export type HttpSettings = ReturnType<typeof convertLegacyHttpOptions>

const PATHS = { logs: 'v1/logs', spans: 'v1/traces', metrics: 'v1/metrics' } as const
const VARIABLES = { logs: 'LOGS', spans: 'TRACES', metrics: 'METRICS' } as const
const JSON_TYPE = { 'Content-Type': 'application/json' }
const TIMEOUT_MS = 10_000
const CONCURRENCY = 30

/** `OTEL_EXPORTER_OTLP_*` settings apply only to a receiver that those variables name: others must not get its headers. */
export function httpSettings(endpoint: Endpoint, signal: Signal | 'metrics'): HttpSettings {
  const named = endpoint.signals?.[signal] ?? null
  const url = named ?? `${endpoint.url.replace(/\/$/u, '')}/${PATHS[signal]}`
  if (named !== null || endpoint.settings !== 'own')
    return convertLegacyHttpOptions(
      { url, headers: { ...endpoint.headers } },
      VARIABLES[signal],
      PATHS[signal],
      JSON_TYPE,
    )
  return {
    url,
    headers: () => Promise.resolve({ ...endpoint.headers, ...JSON_TYPE }),
    timeoutMillis: TIMEOUT_MS,
    compression: 'none',
    concurrencyLimit: CONCURRENCY,
    agentFactory: httpAgentFactoryFromOptions({ keepAlive: true }),
  }
}
