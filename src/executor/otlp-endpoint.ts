import type { Config } from '../config.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import type { Endpoint } from '../telemetry/delivery/otlp-client.ts'

/**
 * The current OTLP/HTTP endpoint: the configured one (per signal or for all), or that of the running stack of this home, or
 * null.
 */
export async function resolveOtlpEndpoint(config: Config): Promise<Endpoint | null> {
  const { otlpEndpoint, otlpSignals: signals } = config
  const isNamed = signals.logs !== null && signals.spans !== null
  const url =
    otlpEndpoint ??
    (isNamed ? new URL(signals.logs ?? '').origin : (await readEndpoints(config.home))?.otlpHttp)
  return url === undefined ? null : { url, signals, headers: {} }
}
