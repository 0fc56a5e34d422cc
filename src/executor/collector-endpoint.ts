import type { Config } from '../config.ts'
import { readEndpoints } from '../embedded/endpoints.ts'

/** Where OTLP over HTTP goes now: the configured endpoint, else the running stack of this home, else nowhere yet. */
export async function resolveOtlpEndpoint(
  config: Config,
): Promise<{ url: string; headers: Record<string, string> } | null> {
  const url = config.otlpEndpoint ?? (await readEndpoints(config.home))?.otlpHttp
  return url === undefined ? null : { url, headers: {} }
}
