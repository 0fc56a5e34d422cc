import type { Config } from '../config.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import type { Endpoint } from '../telemetry/delivery/otlp-client.ts'

/**
 * The current OTLP/HTTP endpoint: the configured one (per signal or for all), or that of the running stack of this home, or
 * null. A signal with an endpoint of its own is sent also where the other has none.
 */
export async function resolveOtlpEndpoint(config: Config): Promise<Endpoint | null> {
  const { otlpEndpoint, otlpSignals: signals } = config
  const {
    otlpHeaders: headers,
    otlpOmitted: omitted,
    otlpProtocols: protocols,
    otlpSettings: settings,
  } = config
  const url = otlpEndpoint ?? (await readEndpoints(config.home))?.otlpHttp
  const shared = { signals, headers, settings, omitted, protocols } as const
  if (url !== undefined) return { url, ...shared }
  const named = signals.logs ?? signals.spans
  if (named === null) return null
  const only = signals.spans === null ? 'logs' : signals.logs === null ? 'spans' : null
  return { url: new URL(named).origin, ...shared, only }
}
