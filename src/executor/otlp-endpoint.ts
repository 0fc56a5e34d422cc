import type { Config } from '../config.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import type { Endpoint } from '../telemetry/delivery/otlp-client.ts'

/**
 * Where OTLP over HTTP goes now: what is configured, for a signal or for all, else the running stack of this home,
 * else nowhere yet.
 */
export async function resolveOtlpEndpoint(config: Config): Promise<Endpoint | null> {
  const { otlpEndpoint, otlpSignals: signals } = config
  const isNamed = signals.logs !== null && signals.spans !== null
  const url =
    otlpEndpoint ??
    (isNamed ? new URL(signals.logs ?? '').origin : (await readEndpoints(config.home))?.otlpHttp)
  return url === undefined ? null : { url, signals, headers: {} }
}
