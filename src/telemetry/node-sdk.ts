/** The SDK of `exectrail up`: a span for each request to the service, parent of the execution it runs, through the outbox. */
import { createRequire } from 'node:module'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { detectResources, hostDetector, osDetector, processDetector } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { ConfigError } from '../errors.ts'
import type { HostSdk } from './providers.ts'

const PROPAGATORS: readonly string[] = ['tracecontext', 'baggage', 'b3', 'b3multi', 'none']
/**
 * Other requests are those of probes and browsers, and what sandboxes send through their proxy. A span for an OTLP
 * request would be exported in another OTLP request, which would have a span too, and so on.
 */
const TRACED = /^\/v1\/(?!logs|traces|metrics)/u

/**
 * Detects the resource and prepares the SDK. It takes its sampler and propagators from `OTEL_*`.
 * @throws {ConfigError} for a propagator that is not installed
 */
export async function prepareNodeSdk(propagators: readonly string[]): Promise<HostSdk> {
  const unknown = propagators.filter((name) => !PROPAGATORS.includes(name))
  if (unknown.length > 0)
    throw new ConfigError([
      { path: 'OTEL_PROPAGATORS', message: `${unknown.join(', ')}: write some of ${PROPAGATORS.join(', ')}` },
    ])
  const resource = detectResources({ detectors: [processDetector, hostDetector, osDetector] })
  await resource.waitForAsyncAttributes?.()
  return {
    resource,
    claim(pipeline) {
      const sdk = new NodeSDK({
        resource: pipeline.resource,
        autoDetectResources: false,
        spanProcessors: [...pipeline.spanProcessors],
        logRecordProcessors: [...pipeline.logRecordProcessors],
        metricReaders: [],
        instrumentations: [
          new HttpInstrumentation({
            disableOutgoingRequestInstrumentation: true,
            ignoreIncomingRequestHook: ({ url = '' }) => !TRACED.test(url),
          }),
        ],
      })
      sdk.start()
      // Instrumentation waits for a `require`; what it then patches is the prototype, which ES modules share.
      createRequire(import.meta.url)('node:http')
      return Promise.resolve(() => sdk.shutdown())
    },
  }
}
