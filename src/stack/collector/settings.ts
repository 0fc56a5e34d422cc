/** Configuration of a Collector: its configuration files and its environment. */
import { isLoopback } from '../ports.ts'

export interface CollectorSettings {
  /** Address of the OTLP receivers; other than loopback requires a token. */
  host: string
  ports: { http: number; grpc: number; health: number; metrics: number }
  /** Bearer token of senders; null only on loopback. */
  token: string | null
  clickhouse: { url: string; user: string; password: string; database: string }
  /** `otlpEndpoint` null: no SigNoz. `ingestionKey` null: self-hosted. */
  signoz: { otlpEndpoint: string | null; ingestionKey: string | null }
}

/** Memory at which the Collector refuses data; Go's garbage collector works harder before that. */
const MEMORY_LIMIT_MIB = 768

/** The configuration files of `otel-collector/` that these settings need, in the order they are merged. */
export function fragmentsOf(settings: CollectorSettings): string[] {
  const fragments = ['config.yaml']
  if (settings.signoz.otlpEndpoint !== null) fragments.push('signoz.yaml')
  if (settings.signoz.otlpEndpoint !== null && settings.signoz.ingestionKey !== null) {
    fragments.push('signoz-cloud.yaml')
  }
  if (settings.token !== null) fragments.push('token.yaml')
  else if (!isLoopback(settings.host)) throw new Error(`OTLP on ${settings.host} needs a token`)
  return fragments
}

/** The complete environment of the Collector. */
export function environmentOf(settings: CollectorSettings): Record<string, string> {
  const { host, ports, token, clickhouse, signoz } = settings
  const optional = {
    OTLP_TOKEN: token,
    SIGNOZ_OTLP_ENDPOINT: signoz.otlpEndpoint,
    SIGNOZ_INGESTION_KEY: signoz.ingestionKey,
  }
  const given = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== null)
  return {
    OTLP_HTTP_ADDRESS: `${host}:${ports.http}`,
    OTLP_GRPC_ADDRESS: `${host}:${ports.grpc}`,
    HEALTH_ADDRESS: `127.0.0.1:${ports.health}`,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: String(ports.metrics),
    CLICKHOUSE_URL: clickhouse.url,
    CLICKHOUSE_USER: clickhouse.user,
    CLICKHOUSE_PASSWORD: clickhouse.password,
    CLICKHOUSE_DATABASE: clickhouse.database,
    MEMORY_LIMIT_MIB: String(MEMORY_LIMIT_MIB),
    MEMORY_SPIKE_MIB: String(MEMORY_LIMIT_MIB / 4),
    // Fewer garbage collections at low memory; GOMEMLIMIT makes them frequent before memory_limiter acts.
    GOGC: '400',
    GOMEMLIMIT: `${Math.round(MEMORY_LIMIT_MIB * 0.6)}MiB`,
    ...Object.fromEntries(given),
  }
}
